/**
 * A matcher for paths relative to `/`. `*` stands for anything within a segment, `**` for any number of segments; a
 * pattern which names a folder covers what is in it.
 */
export function pathMatcher(patterns: readonly string[]): (path: string) => boolean {
  if (patterns.length === 0) return () => false;
  const expressions = patterns.map((pattern) => `(?:${source(pattern)})`).join('|');
  const expression = new RegExp(`^(?:${expressions})(?:/|$)`);
  return (path) => expression.test(path);
}

function source(pattern: string): string {
  return pattern
    .replace(/^\/+|\/+$/g, '')
    .replace(/[.+^${}()|[\]\\?]/g, '\\$&')
    .replace(/\*\*\/|\*\*|\*/g, (stars) => {
      if (stars === '**/') return '(?:.*/)?';
      return stars === '**' ? '.*' : '[^/]*';
    });
}
