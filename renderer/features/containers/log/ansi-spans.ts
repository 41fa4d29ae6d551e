import Anser from 'anser';
import { plainLines } from '../../../ui/text/plain-text.ts';

/** A piece of a log line with one look. */
export interface Span {
  readonly text: string;
  /** Classes of the theme's own colours. */
  readonly classes: string;
  /** One of the 16 million: mixed with the theme's ink, so that it can be read in either theme. */
  readonly color: string | null;
}

/** The eight colours of a terminal as the theme's tokens; black and white are the text's own, weaker and stronger. */
const foregrounds: Readonly<Record<string, string>> = {
  black: 'text-muted',
  red: 'text-bad',
  green: 'text-good',
  yellow: 'text-warn',
  blue: 'text-accent',
  magenta: 'text-foreign',
  cyan: 'text-accent',
  white: 'text-ink',
};
const backgrounds: Readonly<Record<string, string>> = {
  black: 'bg-hover',
  red: 'bg-bad-soft',
  green: 'bg-good-soft',
  yellow: 'bg-warn-soft',
  blue: 'bg-accent-soft',
  magenta: 'bg-foreign-soft',
  cyan: 'bg-accent-soft',
  white: 'bg-hover',
};
const decorations: Readonly<Record<string, string>> = {
  bold: 'font-semibold',
  dim: 'opacity-80',
  italic: 'italic',
  underline: 'underline',
  strikethrough: 'line-through',
  reverse: 'bg-hover',
};

/** A line of a log as spans: its colours as classes, every other sequence and character that acts taken out. */
export function ansiSpans(line: string): readonly Span[] {
  const visible = afterReturns(line);
  if (!visible.includes('\u001b')) return [{ text: plainLines(visible), classes: '', color: null }];
  const pieces = Anser.ansiToJson(visible, { json: true, use_classes: true, remove_empty: true });
  const spans: Span[] = [];
  for (const { content, fg, bg, fg_truecolor, decorations: looks } of pieces) {
    const text = plainLines(content);
    if (text === '' || looks.includes('hidden')) continue;
    const classes = [
      fg ? (foregrounds[nameOf(fg)] ?? '') : '',
      bg ? (backgrounds[nameOf(bg)] ?? '') : '',
      ...looks.map((look) => decorations[look] ?? ''),
    ];
    spans.push({ text, classes: classes.filter(Boolean).join(' '), color: colorOf(fg, fg_truecolor) });
  }
  return spans;
}

/** What a person reads of the line, without any look. */
export function ansiText(line: string): string {
  const visible = afterReturns(line);
  return plainLines(visible);
}

/** A program that writes `\r` draws over its own line, as progress bars do: the last drawing stays. */
function afterReturns(line: string): string {
  const at = line.trimEnd().lastIndexOf('\r');
  return at < 0 ? line : line.slice(at + 1);
}

/** `ansi-bright-red` as `red`. */
function nameOf(colour: string): string {
  return colour.replace(/^ansi-(?:bright-)?/, '');
}

function colorOf(name: string | null, trueColor: string | null): string | null {
  const palette = /^ansi-palette-(\d+)$/.exec(name ?? '');
  const rgb = palette ? ofPalette(Number(palette[1])) : name === 'ansi-truecolor' ? trueColor : null;
  return rgb !== null && /^[\d, ]+$/.test(rgb) ? `color-mix(in oklab, rgb(${rgb}) 55%, var(--ink))` : null;
}

/** Colours 16 to 231 are a cube with six steps a side, 232 to 255 greys. Source: xterm, 256colres.h. */
function ofPalette(index: number): string {
  if (index >= 232)
    return Array<number>(3)
      .fill(8 + (index - 232) * 10)
      .join(', ');
  const step = (value: number): number => (value === 0 ? 0 : 55 + value * 40);
  const at = index - 16;
  return [Math.floor(at / 36), Math.floor(at / 6) % 6, at % 6].map(step).join(', ');
}
