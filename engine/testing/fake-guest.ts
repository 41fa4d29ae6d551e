import { type ChildProcess, spawn } from 'node:child_process';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { type IPty, spawn as spawnPty } from 'node-pty';
import ssh2, { type Connection, type ServerChannel, type Session } from 'ssh2';
import type { VmKeys } from '../vm/ports.ts';

/**
 * A guest's sshd, played by ssh2's own server: commands run in this machine's `/bin/sh`, terminals on real
 * pseudo-terminals, streamlocal forwards reach real Unix sockets.
 */
export class FakeGuest {
  readonly port: number;
  /** Where a forward to this guest path really goes. */
  readonly sockets = new Map<string, string>();
  readonly #server: ssh2.Server;
  readonly #connections = new Set<Connection>();
  readonly #sockets = new Set<Socket>();
  readonly #children = new Set<ChildProcess>();
  readonly #ptys = new Set<IPty>();

  private constructor(server: ssh2.Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  static async start(keys: VmKeys): Promise<FakeGuest> {
    const known = ssh2.utils.parseKey(keys.clientPublic);
    if (known instanceof Error) throw known;
    const server = new ssh2.Server({ hostKeys: [keys.hostPrivate] });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const guest = new FakeGuest(server, (server.address() as AddressInfo).port);
    server.on('connection', (connection) => {
      guest.#connections.add(connection);
      connection.on('error', () => undefined);
      connection.on('close', () => guest.#connections.delete(connection));
      connection.on('authentication', (attempt) => {
        if (attempt.method === 'publickey' && known.getPublicSSH().equals(attempt.key.data)) attempt.accept();
        else attempt.reject(['publickey']);
      });
      connection.on('session', (accept) => guest.#serveSession(accept()));
      connection.on('openssh.streamlocal', (accept, reject, info) => {
        const socket = connect({
          path: guest.sockets.get(info.socketPath) ?? info.socketPath,
          allowHalfOpen: true,
        });
        guest.#sockets.add(socket);
        socket.on('close', () => guest.#sockets.delete(socket));
        socket.once('connect', () => joinHalves(accept(), socket));
        socket.once('error', () => reject());
      });
    });
    return guest;
  }

  /** Processes, terminals, sockets and connections which this guest still has. */
  get alive(): number {
    return this.#connections.size + this.#sockets.size + this.#children.size + this.#ptys.size;
  }

  /** The network cable: every connection breaks without a word. */
  cut(): void {
    for (const connection of this.#connections) connection.end();
  }

  async close(): Promise<void> {
    this.cut();
    for (const child of this.#children) if (child.pid !== undefined) killGroup(child.pid, 'KILL');
    for (const pty of this.#ptys) pty.kill('SIGKILL');
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #serveSession(session: Session): void {
    let size: { cols: number; rows: number } | undefined;
    let pty: IPty | undefined;
    const onTerminal = (channel: ServerChannel, argv: string[]): void => {
      pty = spawnPty('/bin/bash', argv, { ...size, name: 'xterm-256color', encoding: null });
      const running = pty;
      this.#ptys.add(running);
      running.onData((data) => channel.write(data));
      running.onExit(({ exitCode }) => {
        this.#ptys.delete(running);
        channel.exit(exitCode);
        channel.end();
      });
      channel.on('data', (data: Buffer) => running.write(String(data)));
      // sshd hangs up; a shell that has only just begun may ignore that, and the test would wait for it.
      channel.on('close', () => running.kill('SIGKILL'));
    };
    session.on('pty', (accept, _reject, info) => {
      size = { cols: info.cols, rows: info.rows };
      accept?.();
    });
    session.on('window-change', (accept, _reject, info) => {
      pty?.resize(info.cols, info.rows);
      accept?.();
    });
    session.on('shell', (accept) => onTerminal(accept(), ['--norc', '-i']));
    session.on('exec', (accept, _reject, info) => {
      const channel = accept();
      if (size) onTerminal(channel, ['-c', info.command]);
      else this.#serveCommand(session, channel, info.command);
    });
  }

  #serveCommand(session: Session, channel: ServerChannel, command: string): void {
    const child = spawn('/bin/sh', ['-c', command], { detached: true });
    this.#children.add(child);
    // ssh2's server takes no more requests after the end of the input; sshd takes signals until the channel closes.
    session.on('eof', () => Object.assign(session, { _ending: false }));
    session.on('signal', (accept, _reject, info) => {
      if (child.pid !== undefined && child.exitCode === null) killGroup(child.pid, info.name);
      accept?.();
    });
    channel.pipe(child.stdin);
    child.stdin.on('error', () => undefined);
    child.stdout.pipe(channel, { end: false });
    child.stderr.pipe(channel.stderr, { end: false });
    channel.on('close', () => {
      for (const output of [child.stdout, child.stderr]) output.unpipe().resume();
    });
    child.once('close', (code, signal) => {
      this.#children.delete(child);
      if (signal) channel.exit(signal.slice('SIG'.length), false, '');
      else channel.exit(code ?? 0);
      channel.end();
    });
  }
}

function killGroup(pid: number, signal: string): void {
  try {
    process.kill(-pid, `SIG${signal}` as NodeJS.Signals);
  } catch {
    // It ended between the check and the signal.
  }
}

/** As sshd does: each direction ends on its own, the channel closes when both have. */
function joinHalves(channel: ServerChannel, socket: Socket): void {
  let halves = 2;
  const half = (): void => {
    halves -= 1;
    if (halves === 0) channel.close();
  };
  channel.on('data', (data: Buffer) => {
    if (!socket.write(data)) {
      channel.pause();
      socket.once('drain', () => channel.resume());
    }
  });
  channel.on('end', () => {
    socket.end();
    half();
  });
  socket.on('data', (data) => {
    if (!channel.write(data)) {
      socket.pause();
      channel.once('drain', () => socket.resume());
    }
  });
  socket.on('end', () => {
    channel.eof();
    half();
  });
  socket.on('error', () => channel.close());
  channel.on('close', () => socket.destroy());
}
