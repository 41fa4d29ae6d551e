import { EngineError } from '../base/engine-error.ts';
import type { GuestLink } from './ports.ts';

/**
 * Sets the guest's clock to the host's. A guest's clock stands while the guest does, and its processor is the only one
 * it looks at while it runs. It is late by the time which the guest takes to start a program.
 */
export async function setGuestClock(link: GuestLink): Promise<void> {
  const seconds = (Date.now() / 1_000).toFixed(3);
  const { code, stderr } = await link.exec(['date', '-u', '-s', `@${seconds}`]);
  if (code === 0) return;
  throw new EngineError({
    code: 'guest_command_failed',
    message: `The clock of the VM cannot be set: ${stderr.trim() || `exit code ${code}`}.`,
  });
}
