import type { Duplex } from 'node:stream';
import type Dockerode from 'dockerode';
import { sleep } from '../base/time.ts';
import type { GuestPty } from '../vm/ports.ts';
import type { DockerConnection } from './docker-connection.ts';
import { dockerStatusOf, explainDockerError } from './docker-error.ts';

/** The best shell there is; every image with any has `sh`. */
const shellOfImage = [
  '/bin/sh',
  '-c',
  'if command -v bash >/dev/null 2>&1; then exec bash -l; else exec sh -l; fi',
];

const environment = ['TERM=xterm-256color', 'COLORTERM=truecolor'];

/** Docker ends the stream a moment before it knows the exit code; ten looks are more than it was seen to need. */
const exitLooks = 10;
const exitLookIntervalMs = 50;

/**
 * A program in a running container on a pseudo-terminal, as `docker exec -it`. Throws `unknown_container`, `wrong_state`
 * when the container does not run. Closing it hangs up on the program, which Docker would leave running.
 */
export async function openContainerPty(
  connection: Pick<DockerConnection, 'docker' | 'link' | 'signal'>,
  options: { container: string; argv: readonly string[] | null; cols: number; rows: number },
): Promise<GuestPty> {
  const { docker, signal } = connection;
  const { container, argv, cols, rows } = options;
  let exec: Dockerode.Exec;
  let stream: Duplex;
  try {
    exec = await docker.getContainer(container).exec({
      Cmd: [...(argv ?? shellOfImage)],
      Env: environment,
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      Tty: true,
      ConsoleSize: [rows, cols],
      abortSignal: signal,
    });
    stream = await exec.start({ hijack: true, stdin: true, Tty: true, abortSignal: signal });
  } catch (thrown) {
    throw explained(thrown, container);
  }
  const closed = new Promise<void>((resolve) => stream.once('close', resolve));
  // Told by the exit code; without a listener a lost connection would end the engine.
  stream.on('error', () => undefined);
  const resize = (newCols: number, newRows: number): void => {
    // A program that has ended has no size.
    exec.resize({ w: newCols, h: newRows, abortSignal: signal }).catch(() => undefined);
  };
  resize(cols, rows);
  return {
    stream,
    exited: closed.then(() => exitCode(exec, signal)),
    resize,
    close: () => {
      stream.destroy();
      hangUp(exec, connection).catch(() => undefined);
    },
  };
}

/** Null when the connection to Docker went first. */
async function exitCode(exec: Dockerode.Exec, signal: AbortSignal): Promise<number | null> {
  try {
    for (let look = 0; look < exitLooks; look += 1) {
      const { Running, ExitCode } = await exec.inspect({ abortSignal: signal });
      if (!Running) return ExitCode;
      await sleep(exitLookIntervalMs, signal);
    }
  } catch {
    // The VM went away; there is nobody to ask.
  }
  return null;
}

/** Docker has no call for it (moby issue 9098); the program is a process of the guest like any other. */
async function hangUp(
  exec: Dockerode.Exec,
  { link, signal }: Pick<DockerConnection, 'link' | 'signal'>,
): Promise<void> {
  const { Running, Pid } = await exec.inspect({ abortSignal: signal });
  if (Running && Pid > 1) await link.exec(['kill', '-HUP', String(Pid)], { signal });
}

function explained(thrown: unknown, container: string): unknown {
  const what = `No terminal in container "${container}"`;
  switch (dockerStatusOf(thrown)) {
    case 404:
      return explainDockerError(thrown, what, { code: 'unknown_container' });
    case 409:
      return explainDockerError(thrown, what, { code: 'wrong_state', hint: 'Start the container first.' });
    default:
      return explainDockerError(thrown, what);
  }
}
