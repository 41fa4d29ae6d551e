/*
 * An engine in small, for tests which kill it: starts a QEMU in the home given as first argument, forwards a port,
 * says what it has, and waits.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { silentLog } from '../base/log.ts';
import { pathsUnder } from '../paths.ts';
import { createHypervisor } from '../qemu/hypervisor.ts';
import { tinyGuest } from './tiny-guest.ts';

const [home = '', , , vm = ''] = process.argv.slice(2);
const paths = pathsUnder(home);
const machine = await createHypervisor({ log: silentLog, verdictsPath: paths.accelerators }).start({
  vm: JSON.parse(vm),
  paths: paths.vm('service'),
  image: await tinyGuest(home, { text: '[    0.000000] Linux version tiny\n@foredeck stage=init\n' }),
  size: { cpus: 1, memoryMiB: 64 },
  accelerator: 'tcg',
  cpuModel: null,
  onSpawn: () => undefined,
  onTrial: () => undefined,
  signal: new AbortController().signal,
});
const probe = createServer().listen(0, '127.0.0.1');
await once(probe, 'listening');
const address = probe.address();
const forwarded = typeof address === 'object' && address ? address.port : 0;
probe.close();
await once(probe, 'close');
await machine.forwards.add({ protocol: 'tcp', hostAddress: '127.0.0.1', hostPort: forwarded, guestPort: 80 });
process.send?.({ pid: machine.pid, sshPort: machine.sshPort, forwarded });
setInterval(() => undefined, 60_000);
