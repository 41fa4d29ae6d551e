import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { withTempFolder } from '../testing/temp-folder.ts';
import { QmpClient } from './qmp-client.ts';

const never = new AbortController().signal;

/** A QEMU without a machine, which is enough to talk to. */
async function withQemu(work: (path: string, qemu: ChildProcess) => Promise<void>): Promise<void> {
  await withTempFolder(async (folder) => {
    const path = join(folder, 'qmp.sock');
    const args = [
      '-machine',
      'none',
      '-nodefaults',
      '-display',
      'none',
      '-qmp',
      `unix:${path},server=on,wait=off`,
    ];
    const program = process.arch === 'arm64' ? 'qemu-system-aarch64' : 'qemu-system-x86_64';
    const qemu = spawn(program, args, { stdio: 'ignore' });
    const exited = once(qemu, 'exit');
    try {
      await work(path, qemu);
    } finally {
      qemu.kill('SIGKILL');
      await exited;
    }
  });
}

async function connected(path: string): Promise<QmpClient> {
  return await QmpClient.connect({ path, timeoutMs: 20_000, signal: never });
}

describe('QmpClient', () => {
  test('runs commands, checks answers and passes events on', async () => {
    await withQemu(async (path) => {
      const qmp = await connected(path);
      const Status = z.object({ status: z.string() });
      const answers = await Promise.all([
        qmp.execute('query-status', Status),
        qmp.humanMonitor('info version'),
        qmp.execute('query-kvm', z.object({ present: z.boolean() })),
      ]);
      expect(answers).toMatchObject([{ status: 'running' }, expect.stringMatching(/^\d+\.\d+/), {}]);
      const events: string[] = [];
      qmp.onEvent(({ event }) => events.push(event));
      await qmp.execute('quit', z.unknown());
      await qmp.closed;
      expect(events).toContain('SHUTDOWN');
    });
  });

  test('errors carry the command and QEMU’s own words', async () => {
    await withQemu(async (path) => {
      const qmp = await connected(path);
      await expect(qmp.execute('make-coffee', z.unknown())).rejects.toMatchObject({
        code: 'qemu_failed',
        message: expect.stringContaining('make-coffee failed: The command make-coffee has not been found'),
        details: { class: 'CommandNotFound' },
      });
      await expect(qmp.execute('query-status', z.object({ coffee: z.string() }))).rejects.toMatchObject({
        message: expect.stringContaining('unexpected answer'),
      });
      qmp.close();
    });
  });

  test('a QEMU that is killed rejects what waits and what comes after', async () => {
    await withQemu(async (path, qemu) => {
      const qmp = await connected(path);
      qemu.kill('SIGSTOP');
      const waiting = qmp.humanMonitor('info version');
      qemu.kill('SIGKILL');
      await expect(waiting).rejects.toMatchObject({ code: 'qemu_failed' });
      await qmp.closed;
      await expect(qmp.humanMonitor('info version')).rejects.toMatchObject({
        message: expect.stringContaining('the connection is closed'),
      });
    });
  });

  test('nobody there: cancelled when asked to, an error at the deadline', async () => {
    await withTempFolder(async (folder) => {
      const path = join(folder, 'absent.sock');
      const cancelling = new AbortController();
      const connecting = QmpClient.connect({ path, timeoutMs: 60_000, signal: cancelling.signal });
      cancelling.abort();
      await expect(connecting).rejects.toMatchObject({ name: 'AbortError' });
      await expect(QmpClient.connect({ path, timeoutMs: 60, signal: never })).rejects.toMatchObject({
        code: 'qemu_failed',
        message: expect.stringContaining('did not answer'),
      });
    });
  });

  test('somebody else behind the socket is not taken for QEMU', async () => {
    await withTempFolder(async (folder) => {
      const path = join(folder, 'other.sock');
      const server = createServer((socket) => socket.end('220 mail.example.org\r\n')).listen(path);
      await once(server, 'listening');
      await expect(connected(path)).rejects.toMatchObject({ code: 'qemu_failed' });
      server.close();
      await once(server, 'close');
    });
  });
});
