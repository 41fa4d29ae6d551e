import { isIPv4 } from 'node:net';
import { EngineError } from '../base/engine-error.ts';
import { probeBind } from '../base/probe-bind.ts';
import type { PortForward, PortForwards } from '../vm/ports.ts';
import { guestSshPort, netdevId } from './command-line.ts';
import type { QmpClient } from './qmp-client.ts';

/**
 * Ports of the host that lead into the guest. QEMU has them as human monitor commands only (`hostfwd_add`), which
 * take one string: it is built from parsed numbers and addresses and nothing else.
 */
export class QemuPortForwards implements PortForwards {
  readonly #qmp: QmpClient;

  constructor(qmp: QmpClient) {
    this.#qmp = qmp;
  }

  async add(forward: PortForward): Promise<void> {
    const answer = await this.#qmp.humanMonitor(
      `hostfwd_add ${netdevId} ${hostPart(forward, 0)}-:${port(forward.guestPort, 1)}`,
    );
    // Silence is success; every problem is a sentence on standard output.
    if (answer.trim() !== '') throw await explain(forward, answer.trim());
  }

  async remove(forward: PortForward): Promise<void> {
    await this.#qmp.humanMonitor(`hostfwd_remove ${netdevId} ${hostPart(forward, 1)}`);
  }

  async list(): Promise<PortForward[]> {
    return (await this.#all()).filter((forward) => !leadsToSshd(forward));
  }

  /** The loopback port which leads to the guest's sshd. Throws `qemu_failed` when there is none. */
  async sshPort(): Promise<number> {
    const ssh = (await this.#all()).find(leadsToSshd);
    if (ssh) return ssh.hostPort;
    throw new EngineError({
      code: 'qemu_failed',
      message: "QEMU forwards no port to the VM's SSH server.",
      hint: 'Restart the VM.',
    });
  }

  /** What QEMU forwards now, the SSH port included. */
  async #all(): Promise<PortForward[]> {
    return parseUserNetwork(await this.#qmp.humanMonitor('info usernet'));
  }
}

/** Reads `info usernet`; its lines are `TCP[HOST_FORWARD]  9  127.0.0.1 40363  10.0.2.15  22  0  0`. */
export function parseUserNetwork(text: string): PortForward[] {
  const line =
    /^\s*(?<protocol>TCP|UDP)\[HOST_FORWARD\]\s+\d+\s+(?<address>\S+)\s+(?<host>\d+)\s+\S+\s+(?<guest>\d+)/gm;
  return [...text.matchAll(line)].map(({ groups = {} }) => ({
    protocol: groups.protocol === 'UDP' ? 'udp' : 'tcp',
    // libslirp writes the wildcard address as a star.
    hostAddress: groups.address === '*' ? '0.0.0.0' : (groups.address ?? ''),
    hostPort: Number(groups.host),
    guestPort: Number(groups.guest),
  }));
}

function leadsToSshd({ protocol, guestPort }: PortForward): boolean {
  return protocol === 'tcp' && guestPort === guestSshPort;
}

function hostPart(forward: PortForward, lowestPort: number): string {
  if (!isIPv4(forward.hostAddress)) {
    throw new EngineError({
      code: 'bad_input',
      message: `QEMU forwards IPv4 addresses only, not "${forward.hostAddress}".`,
      hint: 'Publish the port on 127.0.0.1.',
    });
  }
  return `${forward.protocol}:${forward.hostAddress}:${port(forward.hostPort, lowestPort)}`;
}

function port(value: number, lowest: number): number {
  if (Number.isInteger(value) && value >= lowest && value <= 65_535) return value;
  throw new EngineError({ code: 'bad_input', message: `${value} is no port number.` });
}

/** QEMU does not say why it could not listen, so the same is tried from here to learn it. */
async function explain(forward: PortForward, answer: string): Promise<EngineError> {
  const { protocol, hostAddress: address, hostPort } = forward;
  const outcome = await probeBind({ protocol, address, port: hostPort });
  // Whoever was in the way has gone meanwhile; the next try will tell.
  const errno = 'errno' in outcome ? outcome.errno : 'EADDRINUSE';
  return new EngineError({
    code: 'port_taken',
    message: `QEMU cannot listen on ${address}:${hostPort}/${protocol} (${errno}).`,
    hint: 'Publish another port.',
    details: { qemu: answer, errno },
  });
}
