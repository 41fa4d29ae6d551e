import { EngineError } from '../base/engine-error.ts';

/**
 * An argument vector as one POSIX shell command which runs exactly it: SSH carries a command as text and the guest's
 * login shell reads it. Inside single quotes nothing is special but the quote itself (POSIX.1-2024, 2.2.2). `exec`
 * replaces the shell, so that signals and the exit status are the program's own.
 * Throws `bad_input` for an empty vector or a NUL byte, which no argument can hold.
 */
export function shellCommand(argv: readonly string[]): string {
  if (argv.length === 0 || argv[0] === '') {
    throw new EngineError({ code: 'bad_input', message: 'There is no command to run in the VM.' });
  }
  return `exec ${argv.map(shellQuote).join(' ')}`;
}

function shellQuote(argument: string): string {
  if (argument.includes('\0')) {
    throw new EngineError({
      code: 'bad_input',
      message: 'A command argument holds a NUL byte, which no program can be given.',
    });
  }
  return `'${argument.replaceAll("'", `'\\''`)}'`;
}
