import { expect, it } from 'vitest';
import { ansiSpans, ansiText } from './ansi-spans.ts';

const esc = '\u001b';

it('turns colours into the theme’s own, and looks into theirs', () => {
  const spans = ansiSpans(`a ${esc}[31mred${esc}[1m bold${esc}[0m ${esc}[97;44mon blue`);
  expect(spans.map(({ text, classes }) => [text, classes])).toEqual([
    ['a ', ''],
    ['red', 'text-bad'],
    [' bold', 'text-bad font-semibold'],
    [' ', ''],
    ['on blue', 'text-ink bg-accent-soft'],
  ]);
});

it('mixes any other colour with the ink, so that it can be read in either theme', () => {
  expect(ansiSpans(`${esc}[38;5;208morange`)[0]?.color).toBe(
    'color-mix(in oklab, rgb(255, 135, 0) 55%, var(--ink))',
  );
  expect(ansiSpans(`${esc}[38;5;255mgrey`)[0]?.color).toContain('rgb(238, 238, 238)');
  expect(ansiSpans(`${esc}[38;2;1;2;3mdark`)[0]?.color).toContain('rgb(1, 2, 3)');
});

it('takes out everything else that acts', () => {
  const hostile = `${esc}]0;title${esc}\\x${esc}[2J${esc}[10;10H${esc}]8;;http://x${esc}\\link${esc}[31m\u202egpj\u0007`;
  const shown = ansiSpans(hostile)
    .map(({ text }) => text)
    .join('');
  expect(shown).toBe('xlinkgpj');
  expect(ansiText(hostile)).toBe('xlinkgpj');
  expect(ansiSpans('<b onclick=alert(1)>')).toEqual([
    { text: '<b onclick=alert(1)>', classes: '', color: null },
  ]);
});

it('shows the last drawing of a line that drew over itself', () => {
  expect(ansiText('10 %\r 50 %\r100 %')).toBe('100 %');
  expect(ansiText('done\r')).toBe('done');
});
