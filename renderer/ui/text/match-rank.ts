/**
 * How well `text` answers what was typed: every word of it has to occur. Higher is better, 0 is no match: the beginning
 * of the text counts most, then the beginning of a word in it, then any place.
 */
export function matchRank(typed: string, text: string): number {
  const words = typed
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const within = text.toLowerCase();
  let rank = 1;
  for (const word of words) {
    const at = within.indexOf(word);
    if (at < 0) return 0;
    if (at === 0) rank += 3;
    else if (/\W/.test(within[at - 1] ?? ' ') || within.includes(` ${word}`)) rank += 2;
    else rank += 1;
  }
  return rank;
}
