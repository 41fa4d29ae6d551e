/** The words of a line, or why it has none. */
export interface ArgvWords {
  words: string[];
  problem: string | null;
}

/**
 * Splits a line into the arguments of a program: at blanks, except in '…' and "…"; a backslash takes the next
 * character as it is, but not in '…'. There is no shell in this: no variables, no `*`, no `|`.
 */
export function argvWords(line: string): ArgvWords {
  const words: string[] = [];
  let word: string | null = null;
  let quote = '';
  for (let at = 0; at < line.length; at += 1) {
    const char = line.charAt(at);
    if (char === '\\' && quote !== "'") {
      at += 1;
      if (at === line.length) return { words, problem: 'A backslash at the end has nothing to act on.' };
      word = (word ?? '') + line.charAt(at);
    } else if (char === quote) {
      quote = '';
    } else if (quote === '' && (char === "'" || char === '"')) {
      quote = char;
      word ??= '';
    } else if (quote === '' && /\s/.test(char)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? '') + char;
    }
  }
  if (quote !== '') return { words, problem: `A ${quote} is opened and never closed.` };
  if (word !== null) words.push(word);
  return { words, problem: null };
}
