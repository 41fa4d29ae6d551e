import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { pathsUnder } from '../paths.ts';
import { withTempFolder } from '../testing/temp-folder.ts';
import type { MachinePause } from '../vm/ports.ts';
import { QemuMachine } from './qemu-machine.ts';
import { QmpClient } from './qmp-client.ts';

const userNetwork = '  TCP[HOST_FORWARD]   9       127.0.0.1 40363       10.0.2.15    22     0     0\r\n';

/** QEMU's side of the protocol: answers what a machine asks, and says what the test wants said. */
async function withQemuDouble(
  status: string,
  work: (machine: QemuMachine, say: (event: string, data?: object) => void) => Promise<void>,
): Promise<void> {
  await withTempFolder(async (home) => {
    const paths = pathsUnder(home).vm('service');
    await mkdir(paths.root, { recursive: true });
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket);
      const send = (message: object): void => void socket.write(`${JSON.stringify(message)}\r\n`);
      send({ QMP: { version: { qemu: { major: 10, minor: 0, micro: 2 } }, capabilities: [] } });
      socket.on('data', (bytes) => {
        for (const line of bytes.toString().trim().split('\n')) {
          const { execute, id } = JSON.parse(line);
          if (execute === 'query-status') send({ return: { status }, id });
          else if (execute === 'human-monitor-command') send({ return: userNetwork, id });
          else send({ return: {}, id });
          if (execute === 'cont') send({ event: 'RESUME', timestamp: {} });
        }
      });
    }).listen(paths.qmpSocket);
    await once(server, 'listening');
    const signal = new AbortController().signal;
    const exited = Promise.withResolvers<{ code: number; signal: null; stderrTail: string }>();
    const qmp = await QmpClient.connect({ path: paths.qmpSocket, timeoutMs: 5_000, signal });
    const machine = await QemuMachine.connect({
      run: {
        version: 2,
        pid: 1,
        uuid: 'u',
        proved: true,
        spawnedAt: 0,
        bootedAt: 0,
        processor: null,
        shape: [],
        qemuVersion: '10.0.2',
        accelerator: 'tcg',
        trials: [],
        imageId: 'tiny',
        kernelVersion: 'tiny',
        size: { cpus: 1, memoryMiB: 64 },
        commandLine: [],
      },
      process: { pid: 1, exited: exited.promise, terminate: async () => undefined },
      qmp,
      paths,
      adopted: false,
    });
    await work(machine, (event, data) => {
      sockets[0]?.write(`${JSON.stringify({ event, data, timestamp: {} })}\r\n`);
    });
    exited.resolve({ code: 0, signal: null, stderrTail: '' });
    await machine.exited;
    server.close();
    await once(server, 'close');
  });
}

/** The next change of the machine's pause. */
function nextPause(machine: QemuMachine): Promise<MachinePause | null> {
  return new Promise((resolve) => {
    const stopListening = machine.onPause((pause) => {
      stopListening();
      resolve(pause);
    });
  });
}

test('a full disk pauses the guest with the reason, and resuming ends it', async () => {
  await withQemuDouble('running', async (machine, say) => {
    expect(machine.pause).toBeNull();
    const pausing = nextPause(machine);
    say('BLOCK_IO_ERROR', {
      device: 'data',
      action: 'stop',
      nospace: true,
      reason: 'No space left on device',
    });
    say('STOP');
    expect(await pausing).toEqual({ reason: 'disk_full', detail: 'No space left on device' });
    const resuming = nextPause(machine);
    await machine.resume();
    expect(await resuming).toBeNull();
    expect(machine.pause).toBeNull();
  });
});

test('errors which QEMU only reports to the guest pause nothing', async () => {
  await withQemuDouble('running', async (machine, say) => {
    const pausing = nextPause(machine);
    say('BLOCK_IO_ERROR', { device: 'data', action: 'report', reason: 'Input/output error' });
    say('STOP');
    expect(await pausing).toEqual({ reason: 'other', detail: 'QEMU stopped the guest' });
  });
});

test('a guest that stands still when its QEMU is adopted is known to', async () => {
  await withQemuDouble('io-error', async (machine) => {
    expect(machine.pause?.reason).toBe('disk_error');
  });
});
