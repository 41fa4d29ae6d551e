import { type Command, InvalidArgumentError } from 'commander';
import type { PublishedPort } from '../../contract/published-ports.ts';
import type { Container } from '../../contract/records.ts';
import { EngineError } from '../../engine/base/engine-error.ts';
import type { EngineClient } from '../../engine/client/connect-engine.ts';
import { jsonOption, parsePort, type VmOptions, vmOption } from '../arguments.ts';
import { findContainer } from '../find-container.ts';
import { print, printJson, printTable } from '../output.ts';
import { printable } from '../printable.ts';
import { readState, withEngine } from '../with-engine.ts';

/** `ports`: what containers publish, and where it is reached on this computer. */
export function addPortsCommand(program: Command): void {
  const ports = program.command('ports').description('published ports of containers');
  ports
    .command('list', { isDefault: true })
    .description('every port, where it answers, and why not')
    .addOption(vmOption())
    .addOption(jsonOption())
    .action(({ vm, json }: VmOptions) =>
      withEngine(async (engine) => {
        const { containers } = await readState(engine);
        const rows = Object.values(containers)
          .filter((container) => container.vm === vm)
          .flatMap((container) => container.ports.map((port) => ({ container, port })))
          .sort((a, b) => a.port.hostPort - b.port.hostPort);
        if (json) printJson(rows.map(({ container: { id, name }, port }) => ({ id, name, ...port })));
        else printPorts(rows);
      }),
    );
  ports
    .command('move')
    .description('reach a port from another one of this computer')
    .argument('<container>', 'its name, or the beginning of its id')
    .argument('<port>', 'the published port, such as 8080 or 53/udp', parseNamedPort)
    .argument('[host-port]', 'the port of this computer; any free one unless it is named', parsePort)
    .addOption(vmOption())
    .addOption(jsonOption())
    .action((name: string, port: NamedPort, hostPort: number | undefined, { vm, json }: VmOptions) =>
      withEngine(async (engine) => {
        const key = await keyOf(engine, { vm, name, port });
        const moved = await engine.calls.port.move({ ...key, hostPort: hostPort || null });
        if (json) printJson(moved);
        else print(`It answers on port ${moved.hostPort} of this computer now, instead of ${moved.port}.`);
      }),
    );
  ports
    .command('back')
    .description('reach it from its own port again')
    .argument('<container>', 'its name, or the beginning of its id')
    .argument('<port>', 'the published port, such as 8080 or 53/udp', parseNamedPort)
    .addOption(vmOption())
    .addOption(jsonOption())
    .action((name: string, port: NamedPort, { vm, json }: VmOptions) =>
      withEngine(async (engine) => {
        const back = await engine.calls.port.moveBack(await keyOf(engine, { vm, name, port }));
        if (json) printJson(back);
        else print(back.problem?.message ?? `It answers on port ${back.hostPort} of this computer again.`);
      }),
    );
}

type NamedPort = Pick<PublishedPort, 'port' | 'protocol'>;

async function keyOf(engine: EngineClient, options: { vm: string; name: string; port: NamedPort }) {
  const { vm, name, port } = options;
  const container = findContainer(await readState(engine), vm, name);
  const found = container.ports.find(
    (candidate) => candidate.port === port.port && candidate.protocol === port.protocol,
  );
  if (found) {
    const { protocol, address } = found;
    return { vm, container: container.id, protocol, address, port: found.port };
  }
  throw new EngineError({
    code: 'wrong_state',
    message: `Container "${container.name}" does not publish port ${port.port}/${port.protocol}.`,
    hint: 'foredeck ports lists what is published.',
  });
}

function printPorts(rows: readonly { container: Container; port: PublishedPort }[]): void {
  printTable(
    ['PORT', 'PROTOCOL', 'ON', 'CONTAINER', 'LEADS TO', ''],
    rows.map(({ container, port }) => [
      port.hostPort === port.port ? String(port.port) : `${port.hostPort} (for ${port.port})`,
      port.protocol,
      port.hostAddresses.join(', ') || 'nowhere',
      container.name,
      String(port.containerPort),
      container.stale ? 'last known' : '',
    ]),
  );
  for (const { port } of rows) if (port.problem) print(printable(port.problem.message));
}

function parseNamedPort(text: string): NamedPort {
  const [number = '', protocol = 'tcp', ...rest] = text.split('/');
  const port = parsePort(number);
  if (port > 0 && (protocol === 'tcp' || protocol === 'udp') && rest.length === 0) return { port, protocol };
  throw new InvalidArgumentError('Say a port as in 8080 or 53/udp.');
}
