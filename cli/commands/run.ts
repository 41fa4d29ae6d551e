import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { Arch } from '../../contract/arch.ts';
import type { Launch } from '../../contract/launch.ts';
import { jsonOption, parseArch, parsePort, type VmOptions, vmOption } from '../arguments.ts';
import { cancelImageJobs } from '../cancel-image-jobs.ts';
import { printForecast } from '../forecast-words.ts';
import { note, print, printJson } from '../output.ts';
import { withProgress } from '../progress.ts';
import { withEngine } from '../with-engine.ts';

type Port = Launch['ports'][number];
type Bind = Launch['binds'][number];

interface RunOptions extends VmOptions {
  readonly arch?: Arch;
  readonly name?: string;
  readonly env: Record<string, string>;
  readonly publish: Port[];
  readonly volume: Bind[];
}

export function addRunCommand(program: Command): void {
  program
    .command('run')
    .description('say whether an image will run and at what price, then start a container of it')
    .argument('<image>', 'pulled when the VM does not have it')
    .argument('[command...]', 'instead of what the image would run, behind --')
    .option('--arch <arch>', 'the one that runs best unless said', parseArch)
    .option('--name <name>', "the container's name; Docker makes one up unless said")
    .option('-e, --env <name=value>', 'a variable; may be repeated', addVariable, {})
    .option('-p, --publish <host:container>', 'a TCP port; may be repeated', addPort, [])
    .option('-v, --volume <host:container[:ro]>', 'a folder that is shared; may be repeated', addBind, [])
    .addOption(vmOption())
    .addOption(jsonOption())
    .action((image: string, command: string[], options: RunOptions) =>
      withEngine(async (engine) => {
        const { vm, json, name = null, env, publish: ports, volume: binds } = options;
        const arch = options.arch ?? null;
        const forecast = await engine.calls.dockerImage.forecast({ vm, image, arch });
        printForecast(forecast, note);
        const launch = { vm, image, arch, name, command, env, ports, binds };
        const cancel = cancelImageJobs(engine);
        const { id } = await withProgress(engine, { cancel }, () => engine.calls.dockerImage.launch(launch));
        if (json) printJson({ id, forecast });
        else print(id);
      }),
    );
}

function addVariable(text: string, known: Record<string, string>): Record<string, string> {
  const [, name, value] = /^([A-Za-z_]\w{0,127})=(.*)$/s.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return { ...known, [name]: value };
  throw new InvalidArgumentError('A variable is written NAME=value.');
}

function addPort(text: string, known: readonly Port[]): Port[] {
  const [host = '', container = '', ...more] = text.split(':');
  const [hostPort, containerPort] = [parsePort(host), parsePort(container)];
  if (more.length === 0 && hostPort > 0 && containerPort > 0) return [...known, { hostPort, containerPort }];
  throw new InvalidArgumentError('A port is written 8080:80, the host first.');
}

/** Relative host paths are the caller's, who is somewhere else than the engine. */
function addBind(text: string, known: readonly Bind[]): Bind[] {
  const [, host = '', container = '', mode] = /^([^:]+):(\/[^:]*)(?::(ro|rw))?$/.exec(text) ?? [];
  if (host !== '')
    return [...known, { hostPath: resolve(host), containerPath: container, readOnly: mode === 'ro' }];
  throw new InvalidArgumentError(
    'A folder is written /on/the/host:/in/the/container, with :ro behind it to be read only.',
  );
}
