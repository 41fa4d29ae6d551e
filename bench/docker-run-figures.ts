import type { HostArch } from '../contract/arch.ts';
import type { Bench } from './bench.ts';
import { type DockerCli, dockerCliOf } from './docker-cli.ts';
import { type Figure, secondsOf } from './figure.ts';

const runs = 7;

/** The first run of an image unpacks it, and the emulator's pages come from the disk. */
const warmUps = 1;

/**
 * How long `docker run --rm` of a container that does nothing takes: native and emulated, with the host's CLI through
 * the exposed socket, and with the VM's own CLI inside it.
 */
export async function dockerRunFigures(bench: Bench): Promise<Figure[]> {
  await bench.withImages();
  const cli = await dockerCliOf(bench);
  const native = await measured(bench, cli, bench.native);
  const emulated = await measured(bench, cli, bench.foreign);
  const figure = (name: string, { host, inside }: Measured): Figure => ({
    name,
    unit: 's',
    measured: host,
    goal: null,
    baseline: { name: 'the same inside the VM', measured: inside },
    how: "host's CLI: create, attach, start, wait and remove; inside: the VM's CLI, itself emulated under TCG",
  });
  return [
    figure('docker run, native', native),
    figure('docker run, emulated', emulated),
    {
      ...figure('docker run, emulated or not', emulated),
      baseline: { name: 'native, same socket', measured: native.host },
      how: `${bench.foreign} beside ${bench.native}`,
    },
  ];
}

interface Measured {
  readonly host: readonly number[];
  readonly inside: readonly number[];
}

async function measured(bench: Bench, cli: DockerCli, arch: HostArch): Promise<Measured> {
  const run = ['run', '--rm', '--platform', `linux/${arch}`, `busybox:${arch}`, 'true'];
  const inside = async (): Promise<number> => {
    // Uptime has hundredths of a second and is read without starting a program.
    const script = 'read s r </proc/uptime; docker "$@" || exit; read e r </proc/uptime; echo "$s $e"';
    const said = await bench.inGuest(['bash', '-c', script, 'bash', ...run]);
    const [started, ended] = said.trim().split(/\s+/).slice(-2).map(Number);
    return (ended ?? Number.NaN) - (started ?? Number.NaN);
  };
  bench.say(`docker run of ${arch}`);
  for (let warmUp = 0; warmUp < warmUps; warmUp += 1) {
    await cli.ok(run);
    await inside();
  }
  const seconds: { host: number[]; inside: number[] } = { host: [], inside: [] };
  for (let turn = 0; turn < runs; turn += 1) {
    seconds.host.push(...(await secondsOf(1, () => cli.ok(run))));
    seconds.inside.push(await inside());
  }
  return seconds;
}
