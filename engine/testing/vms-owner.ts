/*
 * An engine in small, for tests which kill it: starts the VM of the home given as first argument, suspends and resumes
 * it, and kills itself when it logs the second.
 */
import { callingLog } from './calling-log.ts';
import { booting, EngineDouble } from './engine-double.ts';
import { tinyGuest } from './tiny-guest.ts';

const [home = '', step = ''] = process.argv.slice(2);
const log = callingLog((message) => {
  if (message === step) process.kill(process.pid, 'SIGKILL');
});
const engine = new EngineDouble(home, await tinyGuest(home, { text: booting, end: 'count' }), log);
await engine.vms.load();
await engine.vms.start('service');
await engine.vms.stop('service', 'suspend');
await engine.vms.start('service');
