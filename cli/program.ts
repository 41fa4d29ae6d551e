import { Command, CommanderError } from 'commander';
import { addDiskCommand } from './commands/disk.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addEmulateCommand } from './commands/emulate.ts';
import { addEnvCommand } from './commands/env.ts';
import { addImageCommand } from './commands/image.ts';
import { addImagesCommands } from './commands/images.ts';
import { addLensCommand } from './commands/lens.ts';
import { addLogsCommand } from './commands/logs.ts';
import { addPlatformsCommand } from './commands/platforms.ts';
import { addPortsCommand } from './commands/ports.ts';
import { addPsCommand } from './commands/ps.ts';
import { addQuitCommand } from './commands/quit.ts';
import { addRunCommand } from './commands/run.ts';
import { addServeCommand } from './commands/serve.ts';
import { addShareCommand } from './commands/share.ts';
import { addShellCommand } from './commands/shell.ts';
import { addStatsCommand } from './commands/stats.ts';
import { addStatusCommand } from './commands/status.ts';
import { addTreeCommand } from './commands/tree.ts';
import { addVmCommands } from './commands/vm.ts';
import { UsageError } from './failure.ts';

/** The command line. Wrong usage throws UsageError; `--help` and `--version` print and are done. */
export async function runProgram(argv: readonly string[], version: string): Promise<void> {
  const program = new Command('foredeck')
    .description('Containers of any architecture on a Docker socket of your own.')
    .version(version, '--version', 'print the version')
    .helpOption('--help', 'print this, or what a command takes')
    .enablePositionalOptions()
    .showHelpAfterError(false)
    .configureOutput({ writeErr: () => undefined })
    .exitOverride()
    .addHelpText('after', '\nFOREDECK_HOME names the folder that holds everything; ~/.foredeck unless set.');
  addVmCommands(program);
  addStatusCommand(program);
  addStatsCommand(program);
  addDiskCommand(program);
  addQuitCommand(program);
  addEmulateCommand(program);
  addDoctorCommand(program);
  addPsCommand(program);
  addPortsCommand(program);
  addImagesCommands(program);
  addPlatformsCommand(program);
  addRunCommand(program);
  addLensCommand(program);
  addTreeCommand(program);
  addShareCommand(program);
  addShellCommand(program);
  addEnvCommand(program);
  addImageCommand(program);
  addLogsCommand(program);
  addServeCommand(program);
  if (argv.length === 0) throw new UsageError('name a command; "foredeck --help" lists them');
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    if (thrown.exitCode === 0) return;
    throw new UsageError(oneLine(thrown));
  }
}

/** Commander's complaints, such as `error: unknown option '--x'` and a guess on a second line. */
function oneLine(error: CommanderError): string {
  // Asked for nothing but a group such as `image`, Commander has no message but "(outputHelp)".
  if (error.code === 'commander.help') return 'name what to do; --help lists it';
  return error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
}
