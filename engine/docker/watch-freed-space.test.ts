import { join } from 'node:path';
import Dockerode from 'dockerode';
import { expect, test } from 'vitest';
import { silentLog } from '../base/log.ts';
import { FakeDocker } from '../testing/fake-docker.ts';
import { withTempFolder } from '../testing/temp-folder.ts';
import { hiddenLabels, hiddenName } from './hidden-containers.ts';
import { watchFreedSpace } from './watch-freed-space.ts';

test('tells of everything Docker removes but what is ours, and ends with its signal', async () => {
  await withTempFolder(async (folder) => {
    const socketPath = join(folder, 'd.sock');
    const docker = await FakeDocker.start(socketPath);
    const stop = new AbortController();
    const freed: string[] = [];
    let told = Promise.withResolvers<void>();
    let emitted = 'nothing';
    const watching = watchFreedSpace({
      docker: new Dockerode({ socketPath }),
      onFreed: () => {
        freed.push(emitted);
        told.resolve();
      },
      log: silentLog,
      signal: stop.signal,
    });
    await expect.poll(() => docker.watchers, { timeout: 10_000 }).toBe(1);
    const container = docker.add({ id: 'c1' });
    const hidden = docker.add({ id: 'c2', name: hiddenName('x'), labels: hiddenLabels });
    docker.emit('destroy', hidden);
    for (const one of ['container', 'image']) {
      told = Promise.withResolvers();
      emitted = one;
      if (one === 'container') docker.emit('destroy', container);
      else docker.emitImage('delete', 'sha256:a');
      await told.promise;
    }
    expect(freed).toEqual(['container', 'image']);
    stop.abort();
    await watching;
    await docker.close();
  });
});
