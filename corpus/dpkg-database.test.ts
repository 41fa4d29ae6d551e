import { expect, test } from 'vitest';
import { readContent } from '../engine/image/content.ts';
import { FileTree } from '../engine/image/file-tree.ts';
import { putDpkgDatabase, type UnpackedPackage } from './dpkg-database.ts';

function unpacked(
  name: string,
  control: Record<string, string>,
  files: Record<string, string>,
): UnpackedPackage {
  return {
    name,
    control: new Map(
      Object.entries(control).map(([file, text]) => [
        file,
        { content: Buffer.from(text), mode: file === 'postinst' ? 0o755 : 0o644 },
      ]),
    ),
    files: Object.entries(files).map(([path, text]) => ({
      path,
      node: { type: 'file', mode: 0o644, uid: 0, gid: 0, mtime: 0, content: { bytes: Buffer.from(text) } },
    })),
  };
}

async function databaseOf(...packages: UnpackedPackage[]): Promise<Map<string, string>> {
  const tree = new FileTree();
  for (const { name, files } of packages) for (const file of files) tree.put(file.path, file.node, name);
  await putDpkgDatabase(tree, packages);
  const found = new Map<string, string>();
  for (const path of tree.paths()) {
    if (!path.startsWith('var/lib/dpkg/') || tree.get(path)?.type !== 'file') continue;
    found.set(path.slice('var/lib/dpkg/'.length), (await readContent(tree.content(path))).toString('utf8'));
  }
  return found;
}

test('a package is unpacked and not configured, its configuration files on record', async () => {
  const database = await databaseOf(
    unpacked(
      'demo',
      {
        control: 'Package: demo\nVersion: 1\nArchitecture: arm64\nDescription: a demo\n with two lines\n',
        conffiles: '/etc/demo.conf\nremove-on-upgrade /etc/old.conf\n',
        postinst: '#!/bin/sh\n',
      },
      { 'etc/demo.conf': 'hello\n', 'usr/bin/demo': 'program' },
    ),
  );
  expect(database.get('status')).toBe(
    [
      'Package: demo',
      'Status: install ok unpacked',
      'Conffiles:',
      // md5sum of "hello\n".
      ' /etc/demo.conf b1946ac92492d2347c6235b4d2611184',
      'Version: 1',
      'Architecture: arm64',
      'Description: a demo',
      ' with two lines',
      '',
    ].join('\n'),
  );
  expect(database.get('info/demo.list')).toBe('/.\n/etc/demo.conf\n/usr/bin/demo\n');
  expect(database.get('info/demo.postinst')).toBe('#!/bin/sh\n');
  expect(database.has('info/demo.control')).toBe(false);
});

test('files of a package which several architectures can have at once are told apart', async () => {
  const control = 'Package: libdemo1\nVersion: 1\nArchitecture: arm64\nMulti-Arch: same\n';
  const database = await databaseOf(unpacked('libdemo1', { control }, { 'usr/lib/libdemo.so.1': '' }));
  expect(database.get('info/libdemo1:arm64.list')).toBe('/.\n/usr/lib/libdemo.so.1\n');
  expect(database.has('info/libdemo1.list')).toBe(false);
});

test('what packages want to be told about is registered, by file and by name', async () => {
  const database = await databaseOf(
    unpacked(
      'watcher',
      {
        control: 'Package: watcher\nVersion: 1\nArchitecture: all\n',
        triggers: '# comment\ninterest-noawait /usr/share/demo\ninterest rebuild\nactivate-noawait other\n',
      },
      {},
    ),
  );
  expect(database.get('triggers/File')).toBe('/usr/share/demo watcher/noawait\n');
  expect(database.get('triggers/rebuild')).toBe('watcher\n');
  expect(database.has('triggers/other')).toBe(false);
});
