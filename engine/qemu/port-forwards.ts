import { createServer, isIPv4 } from 'node:net';
import { EngineError, errnoOf } from '../base/engine-error.ts';
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
      `hostfwd_add ${netdevId} ${hostPart(forward)}-:${port(forward.guestPort)}`,
    );
    // Silence is success; every problem is a sentence on standard output.
    if (answer.trim() !== '') throw await explain(forward, answer.trim());
  }

  /** One that is not there is no error: the guest may have been restarted meanwhile. */
  async remove(forward: PortForward): Promise<void> {
    await this.#qmp.humanMonitor(`hostfwd_remove ${netdevId} ${hostPart(forward)}`);
  }

  /** What QEMU forwards now, the SSH port included. */
  async list(): Promise<PortForward[]> {
    return parseUserNetwork(await this.#qmp.humanMonitor('info usernet'));
  }

  /** The loopback port which leads to the guest's sshd. Throws `qemu_failed` when there is none. */
  async sshPort(): Promise<number> {
    const ssh = (await this.list()).find((forward) => forward.guestPort === guestSshPort);
    if (ssh) return ssh.hostPort;
    throw new EngineError({
      code: 'qemu_failed',
      message: "QEMU forwards no port to the VM's SSH server.",
      hint: 'Restart the VM.',
    });
  }

  /** Removes all but the SSH port: what containers publish is added again by whoever watches them. */
  async removePublished(): Promise<void> {
    for (const forward of await this.list()) {
      if (forward.guestPort !== guestSshPort) await this.remove(forward);
    }
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

function hostPart(forward: PortForward): string {
  if (!isIPv4(forward.hostAddress)) {
    throw new EngineError({
      code: 'bad_input',
      message: `QEMU forwards IPv4 addresses only, not "${forward.hostAddress}".`,
      hint: 'Publish the port on 127.0.0.1.',
    });
  }
  return `${forward.protocol}:${forward.hostAddress}:${port(forward.hostPort)}`;
}

function port(value: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= 65_535) return value;
  throw new EngineError({ code: 'bad_input', message: `${value} is no port number.` });
}

/** QEMU does not say why it could not listen, so the same is tried from here to learn it. */
async function explain(forward: PortForward, answer: string): Promise<EngineError> {
  const where = `${forward.hostAddress}:${forward.hostPort}/${forward.protocol}`;
  const errno = forward.protocol === 'tcp' ? await listenErrno(forward) : undefined;
  const details = { qemu: answer };
  if (errno === 'EACCES') {
    return new EngineError({
      code: 'port_taken',
      message: `Port ${where} cannot be published: only root may listen on it.`,
      hint: 'Publish a port above 1023.',
      details,
    });
  }
  if (errno === 'EADDRNOTAVAIL') {
    return new EngineError({
      code: 'port_taken',
      message: `Port ${where} cannot be published: this machine does not have that address.`,
      hint: 'Publish the port on 127.0.0.1.',
      details,
    });
  }
  return new EngineError({
    code: 'port_taken',
    message: `Port ${where} cannot be published: another program on this machine listens there.`,
    hint: 'Stop that program or publish another port.',
    details,
  });
}

function listenErrno(forward: PortForward): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (thrown) => resolve(errnoOf(thrown)));
    server.listen({ host: forward.hostAddress, port: forward.hostPort, exclusive: true }, () => {
      server.close(() => resolve(undefined));
    });
  });
}
