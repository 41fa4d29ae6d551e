import { type FSWatcher, watch } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Publisher } from '../base/publisher.ts';
import { Store } from '../state/store.ts';
import { emptyState } from '../testing/empty-state.ts';
import { LocalGuest } from '../testing/local-guest.ts';
import { aContainer } from '../testing/sample-records.ts';
import { withTempFolder } from '../testing/temp-folder.ts';
import { defaultFileEventLimits, FileEvents } from './file-events.ts';

const limits = { ...defaultFileEventLimits, settleMs: 1 };

/**
 * One folder is the host's and one the guest's: what is told in the second cannot be taken for a change of the first,
 * as it would be in one local file system.
 */
describe.skipIf(process.platform !== 'linux')('FileEvents', () => {
  let guest: LocalGuest;
  let store: Store;
  let messages: Publisher<string>;
  let watcher: FSWatcher | undefined;
  let told: { folders: number; gone: number };

  beforeEach(async () => {
    guest = await LocalGuest.start({ privateBinfmt: false });
    store = new Store(emptyState());
    messages = new Publisher();
    told = { folders: 0, gone: 0 };
  });

  afterEach(async () => {
    watcher?.close();
    await guest.close();
    expect(guest.alive).toBe(0);
  });

  async function running(
    work: (places: { host: string; inGuest: string }) => Promise<void>,
    { apart = true }: { apart?: boolean } = {},
  ): Promise<void> {
    await withTempFolder(async (folder) => {
      const host = join(folder, 'host');
      const hub = apart ? join(folder, 'guest') : '';
      const places = { host, inGuest: `${hub}${host}` };
      for (const place of new Set([host, places.inGuest]))
        await mkdir(join(place, 'app', 'src'), { recursive: true });
      const write = (line: string): void => {
        const { msg, folders = 0, gone = 0 } = JSON.parse(line);
        told.folders += msg.startsWith('told the VM') ? folders : 0;
        told.gone += gone;
        messages.publish(msg);
      };
      const log = pino({ level: 'debug' }, { write });
      const ended = new FileEvents({
        store,
        link: guest,
        log,
        limits,
        mountedAt: (share) => `${hub}${share}`,
      }).run();
      await work(places);
      await guest.close();
      await ended;
    });
  }

  function share(path: string): void {
    const common = { readOnly: false, state: 'mounted', problem: null, addedAt: 0 } as const;
    store.commit({ in: 'shares', key: path, value: { path, realPath: path, ...common } });
  }

  function runContainer(source: string, state: 'running' | 'exited' = 'running'): void {
    const value = aContainer({ state, binds: [{ source, target: '/app', readOnly: false }] });
    store.commit({ in: 'containers', key: 'one', value });
  }

  async function said(message: string, work: () => unknown): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const stop = messages.listen((each) => each.startsWith(message) && resolve());
    await work();
    await promise;
    stop();
  }

  /** Resolves when a watcher of `folder` is told of `name`. */
  async function toldOf(folder: string, name: string, work: () => unknown): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    watcher = watch(folder, (_, each) => each === name && resolve());
    await work();
    await promise;
    watcher.close();
  }

  it('tells the guest of what running containers have mounted, while they run', async () => {
    await running(async ({ host, inGuest }) => {
      for (const place of [host, inGuest]) await writeFile(join(place, 'app', 'src', 'main'), '');
      share(host);
      expect(guest.commands).toEqual([]);
      await said('watches a mounted folder', () => runContainer(join(host, 'app')));
      const src = join(inGuest, 'app', 'src');
      await toldOf(src, 'main', () => writeFile(join(host, 'app', 'src', 'main'), 'new'));
      // What watchers of a folder are told of the folder itself bears its own name.
      await toldOf(src, 'src', () => rm(join(host, 'app', 'src', 'main')));
      await said('watches nothing on the host', () => runContainer(join(host, 'app'), 'exited'));
      expect(guest.commands).toHaveLength(1);
    });
  });

  it('does not hear itself', async () => {
    await running(
      async ({ host }) => {
        // Guest and host are one here: what is raised of a folder, the host's watch is told as well.
        const files = ['1', '2', '3', '4', '5', 'last'].map((name) => join(host, 'app', 'src', name));
        for (const file of files) await writeFile(file, '');
        share(host);
        await said('watches a mounted folder', () => runContainer(host));
        for (const file of files) await said('told the VM', () => rm(file));
        // An echo would have come with the next one.
        expect(told).toEqual({ folders: files.length, gone: files.length });
      },
      { apart: false },
    );
  });
});
