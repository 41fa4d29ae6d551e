/**
 * Compares two Debian versions: negative when `a` is older, zero when equal, positive when newer.
 * Source: Debian Policy 5.6.12 and deb-version(7).
 */
export function compareVersions(a: string, b: string): number {
  const left = split(a);
  const right = split(b);
  return (
    left.epoch - right.epoch ||
    comparePart(left.upstream, right.upstream) ||
    comparePart(left.revision, right.revision)
  );
}

function split(version: string): { epoch: number; upstream: string; revision: string } {
  const colon = version.indexOf(':');
  const rest = version.slice(colon + 1);
  const dash = rest.lastIndexOf('-');
  return {
    epoch: colon < 0 ? 0 : Number(version.slice(0, colon)),
    upstream: dash < 0 ? rest : rest.slice(0, dash),
    revision: dash < 0 ? '' : rest.slice(dash + 1),
  };
}

/** Alternates between a run without digits, compared character by character, and a run of digits, compared as a number. */
function comparePart(a: string, b: string): number {
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    while ((i < a.length && !isDigit(a, i)) || (j < b.length && !isDigit(b, j))) {
      const difference = weight(a, i) - weight(b, j);
      if (difference !== 0) return difference;
      i += 1;
      j += 1;
    }
    const [number, nextI] = readNumber(a, i);
    const [otherNumber, nextJ] = readNumber(b, j);
    if (number !== otherNumber) return number < otherNumber ? -1 : 1;
    i = nextI;
    j = nextJ;
  }
  return 0;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

/** `~` sorts before the end of a part, the end before letters, letters before everything else. */
function weight(text: string, at: number): number {
  if (at >= text.length || isDigit(text, at)) return 0;
  const character = text.charAt(at);
  if (character === '~') return -1;
  return /[A-Za-z]/.test(character) ? character.charCodeAt(0) : character.charCodeAt(0) + 256;
}

/** A run of digits as a number (dates with times exceed 2^53, hence bigint), and where it ends. */
function readNumber(text: string, start: number): [bigint, number] {
  let end = start;
  while (end < text.length && isDigit(text, end)) end += 1;
  return [end === start ? 0n : BigInt(text.slice(start, end)), end];
}
