import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { shellCommand } from './shell-quote.ts';

/** Prints each argument followed by a NUL byte, as xargs -0 reads them. */
const printArguments = ['printf', '%s\\0'];

function asShellReads(argumentsToPass: string[]): string[] {
  const output = execFileSync('/bin/sh', ['-c', shellCommand([...printArguments, ...argumentsToPass])]);
  return output.toString('utf8').split('\0').slice(0, -1);
}

describe('shellCommand', () => {
  it.each([
    ['spaces', ['a b', '  lead', 'trail  ']],
    ['quotes', ["it's", '"double"', "''", `'"'"'`]],
    ['expansion', ['$HOME', '$(id)', '`id`', '*', '~', '!!', '{a,b}']],
    ['operators', ['; exit 3', '&& false', '| cat', '> /tmp/x', '#comment', '\\', '\\\\n']],
    ['control characters', ['line\nbreak', 'tab\there', '\u001b[31m', '\r']],
    ['unicode', ['naïve', '日本語', '🐳']],
    ['empty arguments', ['', 'x', '']],
    ['options', ['-n', '--', '-']],
  ])('passes %s through a real shell unchanged', (_name, given) => {
    expect(asShellReads(given)).toEqual(given);
  });

  it('refuses what cannot be run', () => {
    expect(() => shellCommand([])).toThrow(/no command/);
    expect(() => shellCommand([''])).toThrow(/no command/);
    expect(() => shellCommand(['echo', 'a\0b'])).toThrow(/NUL/);
  });
});
