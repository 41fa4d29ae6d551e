import { chmod, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Publisher } from '../base/publisher.ts';
import { withTempFolder } from '../testing/temp-folder.ts';
import { FolderBudget } from './folder-budget.ts';
import { FolderWatch } from './folder-watch.ts';

describe.skipIf(process.platform !== 'linux')('FolderWatch', () => {
  let seen: string[];
  let news: Publisher<string>;
  let budget: FolderBudget;

  beforeEach(() => {
    seen = [];
    news = new Publisher();
    budget = new FolderBudget(100);
  });

  afterEach(() => {
    expect(budget.used).toBe(0);
  });

  async function watching(work: (root: string, watch: FolderWatch) => Promise<void>): Promise<void> {
    await withTempFolder(async (root) => {
      await mkdir(join(root, 'sub', 'deep'), { recursive: true });
      await mkdir(join(root, 'aside'));
      await writeFile(join(root, 'sub', 'deep', 'file'), 'old');
      await symlink('sub', join(root, 'link'));
      const watch = new FolderWatch({
        root,
        takeRoom: () => budget.take(),
        releaseRoom: () => budget.release(),
        onChange: (folder, name, cameOrWent) => {
          const change = `${cameOrWent ? 'name' : 'content'} ${relative(root, join(folder, name))}`;
          if (seen.at(-1) !== change) seen.push(change);
          news.publish(change);
        },
        onUnwatched: (folder, errno) => seen.push(`${errno} ${folder}`),
      });
      try {
        await watch.open();
        await work(root, watch);
      } finally {
        watch.close();
      }
    });
  }

  /** Resolves when `work` has been told of as `change`. */
  async function told(change: string, work: () => Promise<unknown>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const stop = news.listen((each) => each === change && resolve());
    await work();
    await promise;
    stop();
  }

  it('tells of names and contents, however deep, and follows no link', async () => {
    await watching(async (root) => {
      expect(budget.used).toBe(4);
      const deep = join(root, 'sub', 'deep');
      await told('content sub/deep/file', () => writeFile(join(deep, 'file'), 'new'));
      await told('name sub/deep/other', () => rename(join(deep, 'file'), join(deep, 'other')));
      await told('name sub/deep/other', () => rm(join(deep, 'other')));
      expect(new Set(seen)).toEqual(
        new Set(['content sub/deep/file', 'name sub/deep/file', 'name sub/deep/other']),
      );
    });
  });

  it('says nothing of the attributes of folders, which telling changes', async () => {
    await watching(async (root) => {
      // A folder in one of the same name: libuv calls both alike.
      await told('name sub/deep/deep', () => mkdir(join(root, 'sub', 'deep', 'deep')));
      seen = [];
      for (const folder of ['', 'sub', 'sub/deep']) await chmod(join(root, folder), 0o750);
      await told('name aside/last', () => writeFile(join(root, 'aside', 'last'), ''));
      expect(seen.filter((change) => !change.includes('last'))).toEqual([]);
    });
  });

  it('watches a folder that came once it is told so, and tells of what is in it', async () => {
    await watching(async (root, watch) => {
      const came = join(root, 'came');
      await told('name came', () => mkdir(join(came, 'in'), { recursive: true }));
      await writeFile(join(came, 'in', 'early'), '');
      await told('name came/in/early', () => watch.entered(came));
      await told('content came/in/early', () => writeFile(join(came, 'in', 'early'), 'x'));
      watch.left(came);
      expect(budget.used).toBe(4);
    });
  });

  it('knows a folder from one that has taken its name', async () => {
    await watching(async (root, watch) => {
      const sub = join(root, 'sub');
      expect(watch.knows(sub)).toBe(true);
      await told('name sub', async () => {
        await rename(sub, join(root, 'away'));
        await mkdir(sub);
      });
      expect(watch.knows(sub)).toBe(false);
      await watch.entered(sub);
      await told('name sub/new', () => writeFile(join(sub, 'new'), ''));
    });
  });

  it('leaves out the deepest folders where there is room for few', async () => {
    budget = new FolderBudget(3);
    await watching(async (root, watch) => {
      expect(['', 'sub', 'aside', 'sub/deep'].map((path) => watch.knows(join(root, path)))).toEqual([
        ...[true, true, true, false],
      ]);
      expect(budget.takeRefused()).toBe(1);
    });
  });

  it('watches a root that is one file', async () => {
    await withTempFolder(async (folder) => {
      const root = join(folder, 'one');
      await writeFile(root, '');
      const watch = new FolderWatch({
        root,
        takeRoom: () => budget.take(),
        releaseRoom: () => budget.release(),
        onChange: (_, name, cameOrWent) => news.publish(`${cameOrWent} ${name}`),
        onUnwatched: () => undefined,
      });
      await watch.open();
      await told('false one', () => writeFile(root, 'x'));
      watch.close();
    });
  });
});
