import { join } from 'node:path';
import Dockerode from 'dockerode';
import { expect, it } from 'vitest';
import { FakeDocker } from '../testing/fake-docker.ts';
import { withTempFolder } from '../testing/temp-folder.ts';
import { DockerEvidence } from './container-evidence.ts';

const signal = new AbortController().signal;

/** As Docker 26.1.5 answered for a container that ran out of memory. */
const inspected = {
  Id: 'c0ffee',
  Name: '/web',
  Path: 'sh',
  Args: ['-c', 'tail /dev/zero'],
  Config: { Image: 'fault:arm64', Tty: false, Env: ['QEMU_CPU=max', 'EMPTY=', 'ODD'] },
  HostConfig: { AutoRemove: false },
  State: {
    Status: 'exited',
    Running: false,
    Paused: false,
    Restarting: false,
    OOMKilled: true,
    Pid: 0,
    ExitCode: 137,
    Error: '',
    StartedAt: '2026-11-22T05:22:22.858469731Z',
    FinishedAt: '2026-11-22T05:22:23.622135138Z',
  },
};

async function withEvidence(
  answer: FakeDocker['answer'],
  work: (evidence: DockerEvidence) => Promise<void>,
): Promise<void> {
  await withTempFolder(async (folder) => {
    const socketPath = join(folder, 'd.sock');
    const docker = await FakeDocker.start(socketPath);
    try {
      docker.answer = answer;
      await work(new DockerEvidence(new Dockerode({ socketPath })));
    } finally {
      await docker.close();
    }
  });
}

/** One piece of output as Docker frames it. */
function frame(stream: 1 | 2, text: string): Buffer {
  const payload = Buffer.from(text);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

it('tells how a container ended', async () => {
  await withEvidence(
    () => ({ status: 200, body: inspected }),
    async (evidence) => {
      expect(await evidence.facts('web', signal)).toEqual({
        id: 'c0ffee',
        name: 'web',
        image: 'fault:arm64',
        state: 'ended',
        exitCode: 137,
        oomKilled: true,
        error: '',
        argv: ['sh', '-c', 'tail /dev/zero'],
        environment: { QEMU_CPU: 'max', EMPTY: '', ODD: '' },
        tty: false,
        startedAt: Date.parse('2026-11-22T05:22:22.858Z'),
        finishedAt: Date.parse('2026-11-22T05:22:23.622Z'),
        pid: null,
        autoRemove: false,
      });
    },
  );
});

it("gives Docker's own words for one that never started", async () => {
  const never = '0001-01-01T00:00:00Z';
  const State = {
    ...inspected.State,
    Status: 'created',
    ExitCode: 127,
    Error: 'runc create failed: exec: "/nope":\nno such file\u001b[31m',
    StartedAt: never,
    FinishedAt: never,
  };
  await withEvidence(
    () => ({ status: 200, body: { ...inspected, State } }),
    async (evidence) => {
      expect(await evidence.facts('web', signal)).toMatchObject({
        state: 'created',
        exitCode: 127,
        error: 'runc create failed: exec: "/nope": no such file',
        startedAt: null,
        finishedAt: null,
      });
    },
  );
});

it('reads lines of both streams, without what could act on a terminal', async () => {
  const log = Buffer.concat([
    frame(1, 'plain\r\n'),
    frame(2, '\u001b[31mred\u001b[0m \u001b]0;title\u0007and more\n'),
    frame(2, `${'x'.repeat(5_000)}\n\n`),
  ]);
  await withEvidence(
    ({ query }) => {
      expect(query.get('tail')).toBe('200');
      return { status: 200, body: log };
    },
    async (evidence) => {
      const lines = await evidence.lastLines({ id: 'web', tty: false }, signal);
      expect(lines).toEqual(['plain', 'red and more', 'x'.repeat(2_000)]);
    },
  );
});

it('keeps the end of a long log', async () => {
  const log = Array.from({ length: 3_000 }, (_, index) => `line ${index} ${'y'.repeat(60)}`).join('\n');
  await withEvidence(
    () => ({ status: 200, body: Buffer.from(log) }),
    async (evidence) => {
      const lines = await evidence.lastLines({ id: 'web', tty: true }, signal);
      expect(lines).toHaveLength(200);
      expect(lines.at(-1)).toMatch(/^line 2999 /);
    },
  );
});

it('tells when it last printed, and that it never did', async () => {
  let body = frame(1, '2026-11-22T05:20:01.842562833Z a line\n');
  await withEvidence(
    () => ({ status: 200, body }),
    async (evidence) => {
      const logged = { id: 'web', tty: false };
      expect(await evidence.lastOutputAt(logged, signal)).toBe(Date.parse('2026-11-22T05:20:01.842Z'));
      body = Buffer.alloc(0);
      expect(await evidence.lastOutputAt(logged, signal)).toBeNull();
    },
  );
});

it('has no lines where the log driver keeps none, and names a container that is gone', async () => {
  await withEvidence(
    ({ path }) =>
      path.endsWith('/logs')
        ? { status: 501, body: { message: 'configured logging driver does not support reading' } }
        : { status: 404, body: { message: 'No such container: web' } },
    async (evidence) => {
      expect(await evidence.lastLines({ id: 'web', tty: false }, signal)).toEqual([]);
      await expect(evidence.facts('web', signal)).rejects.toMatchObject({ code: 'unknown_container' });
    },
  );
});
