/** Longer strings are cut: a name of a megabyte is an attack on the layout, not a name. */
const maxLength = 4_000;

/** Of a text of several lines the end is kept: that is where a log says what went wrong. */
const maxTextLength = 100_000;

/**
 * Characters which change how neighbouring text looks or behaves: C0 and C1 controls, bidirectional overrides and
 * isolates, zero-width characters, line and paragraph separators, tags.
 * Source: https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing
 */
const deceptive =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this removes
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** Terminal escape sequences: CSI, OSC, and two-character ones. */
const escapeSequence =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this removes
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;

/** One harmless line of what a container, an image or a log wrote. White space becomes blanks. */
export function plainText(hostile: string): string {
  return strip(cut(hostile).replace(/\s+/g, ' '));
}

/** The same for text of several lines, where columns matter: line feeds and blanks stay. */
export function plainLines(hostile: string): string {
  return hostile
    .slice(-maxTextLength)
    .split('\n')
    .map((line) => strip(cut(line).replaceAll('\t', '    ')))
    .join('\n');
}

function strip(text: string): string {
  return text.replace(escapeSequence, '').replace(deceptive, '');
}

function cut(text: string): string {
  return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
}
