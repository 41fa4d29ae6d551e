/**
 * Text from containers and guests is hostile: escape sequences in a name or a log line could act on the terminal.
 * Control characters become a space (C0, C1, line separators); marks that reorder text are dropped.
 */
export function printable(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029]/gu, ' ')
    .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '');
}
