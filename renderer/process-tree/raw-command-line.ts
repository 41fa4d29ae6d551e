import { plainText } from '../ui/text/plain-text.ts';
import { shellWord } from '../ui/text/shell-word.ts';

/**
 * Arguments as one line for a shell (bash, zsh), to be copied. A container chooses them: what could act on a terminal
 * when pasted is written as an escape.
 */
export function rawCommandLine(argv: readonly string[]): string {
  return argv.map(word).join(' ');
}

function word(argument: string): string {
  if (plainText(argument) === argument) return shellWord(argument);
  const escaped = [...argument].map((character) => {
    if (character === "'" || character === '\\') return `\\${character}`;
    if (character === ' ' || plainText(character) === character) return character;
    return [...new TextEncoder().encode(character)]
      .map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`)
      .join('');
  });
  return `$'${escaped.join('')}'`;
}
