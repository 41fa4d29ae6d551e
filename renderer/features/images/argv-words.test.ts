import { describe, expect, it } from 'vitest';
import { argvWords } from './argv-words.ts';

const words = (line: string): string[] => argvWords(line).words;

describe('argvWords', () => {
  it('splits at blanks and keeps what quotes hold together', () => {
    expect(words('  sh -c  "echo hi; sleep 1"\t')).toEqual(['sh', '-c', 'echo hi; sleep 1']);
    expect(words(`printf '%s\\n' --a="b c"d`)).toEqual(['printf', '%s\\n', '--a=b cd']);
  });

  it('knows the empty argument from none', () => {
    expect(words('')).toEqual([]);
    expect(words(`grep '' ""`)).toEqual(['grep', '', '']);
  });

  it('takes the character after a backslash as it is', () => {
    expect(words('a\\ b "c\\"d"')).toEqual(['a b', 'c"d']);
  });

  it('expands nothing, since no shell is involved', () => {
    expect(words('echo $HOME *.txt | cat > out && x')).toEqual([
      'echo',
      '$HOME',
      '*.txt',
      '|',
      'cat',
      '>',
      'out',
      '&&',
      'x',
    ]);
  });

  it('says what is left open', () => {
    expect(argvWords("sh -c 'echo").problem).toBe("A ' is opened and never closed.");
    expect(argvWords('a \\').problem).toBe('A backslash at the end has nothing to act on.');
  });
});
