import { join } from 'node:path';
import Dockerode from 'dockerode';
import { expect, it } from 'vitest';
import { FakeDocker } from '../testing/fake-docker.ts';
import { withTempFolder } from '../testing/temp-folder.ts';
import { runOnce } from './run-once.ts';

type Answer = NonNullable<FakeDocker['answer']>;

const options = {
  platform: 'linux/arm64',
  rootFilesystem: Buffer.from('a tar'),
  command: ['/stub'],
  signal: new AbortController().signal,
};

async function withDocker(
  answer: Answer,
  work: (docker: Dockerode, requests: () => string[]) => Promise<void>,
): Promise<void> {
  await withTempFolder(async (folder) => {
    const path = join(folder, 'd.sock');
    const fake = await FakeDocker.start(path);
    fake.answer = answer;
    try {
      await work(new Dockerode({ socketPath: path }), () =>
        // Names end with chance.
        fake.requests.map((request) => request.replaceAll(/once-[0-9a-f]{8}/g, 'once-X')),
      );
    } finally {
      await fake.close();
    }
  });
}

const runs: Answer = ({ path }) => {
  if (path === '/images/create') return { status: 200, body: { status: 'sha256:1' } };
  if (path === '/containers/create') return { status: 201, body: { Id: 'made' } };
  if (path === '/containers/made/wait') return { status: 200, body: { StatusCode: 42 } };
  if (path.startsWith('/images/')) return { status: 200, body: [] };
  return { status: 204 };
};

it('imports, runs, and leaves nothing behind', async () => {
  await withDocker(runs, async (docker, requests) => {
    expect(await runOnce(docker, options)).toBe(42);
    expect(requests()).toEqual([
      'POST /images/create?fromSrc=-&repo=foredeck-hidden-once-X&tag=latest&platform=linux%2Farm64',
      'POST /containers/create?name=foredeck-hidden-once-X&platform=linux%2Farm64',
      'POST /containers/made/start',
      'POST /containers/made/wait',
      'DELETE /containers/foredeck-hidden-once-X?force=true&v=true',
      'DELETE /images/foredeck-hidden-once-X:latest?force=true',
    ]);
  });
});

it('tells in Docker’s words why it did not run, and still leaves nothing behind', async () => {
  const message = 'exec /stub: exec format error';
  const refuses: Answer = (request) =>
    request.path === '/containers/made/start' ? { status: 400, body: { message } } : runs(request);
  await withDocker(refuses, async (docker, requests) => {
    await expect(runOnce(docker, options)).rejects.toMatchObject({
      code: 'docker_failed',
      message: `A container of linux/arm64 could not be run: ${message}.`,
    });
    expect(requests().filter((request) => request.startsWith('DELETE'))).toHaveLength(2);
  });
});
