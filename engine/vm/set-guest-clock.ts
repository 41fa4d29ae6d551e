import { EngineError } from '../base/engine-error.ts';
import type { GuestExecOptions, GuestLink } from './ports.ts';

/** A clock that is right to about a second is left alone, so that it does not go back by what a command takes. */
const script = 'off=$(($1 - $(date +%s))); [ "$off" -ge -1 ] && [ "$off" -le 1 ] || exec date -u -s "@$2"';

/**
 * Sets the guest's clock to the host's where it is wrong by more than a second: it stands while its guest does. It is
 * late then by the time which the guest takes to start a program.
 */
export async function setGuestClock(link: GuestLink, options: GuestExecOptions = {}): Promise<void> {
  const seconds = Date.now() / 1_000;
  const argv = ['sh', '-c', script, 'sh', String(Math.floor(seconds)), seconds.toFixed(3)];
  const { code, stderr } = await link.exec(argv, options);
  if (code === 0) return;
  throw new EngineError({
    code: 'guest_command_failed',
    message: `The clock of the VM cannot be set: ${stderr.trim() || `exit code ${code}`}.`,
  });
}
