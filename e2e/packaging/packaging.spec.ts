import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { extractFile, listPackage, statFile } from '@electron/asar';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { expect, test } from '@playwright/test';
import { Arch, type Configuration, Packager, Platform } from 'electron-builder';
import { makeFakeElectron } from './fake-electron.ts';

const root = resolve(import.meta.dirname, '..', '..');
const host = process.arch === 'arm64' ? Arch.arm64 : Arch.x64;

/** Packed once for all tests: everything electron-builder does up to the folder which dmg, AppImage and deb contain. */
let scratch: string;
let config: Configuration;
let app: string;
let archive: string;
let listed: string[];

test.skip(process.platform !== 'linux', 'packs the folder of Linux');

test.beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'fd-pack-'));
  const packager = new Packager({
    projectDir: root,
    targets: Platform.LINUX.createTarget('dir', host),
    // Beside electron-builder.yml, which is read by itself.
    config: {
      electronDist: await makeFakeElectron(join(scratch, 'electron')),
      directories: { output: join(scratch, 'dist') },
    },
  });
  await packager.build();
  config = packager.config;
  const [folder = ''] = (await readdir(join(scratch, 'dist'))).filter((name) => name.endsWith('unpacked'));
  app = join(scratch, 'dist', folder);
  archive = join(app, 'resources', 'app.asar');
  listed = listPackage(archive, { isPack: false }).map((path) => path.slice(1));
});

test.afterAll(async () => {
  await rm(scratch, { recursive: true, force: true });
});

test('the configuration names every package, for both processors', () => {
  const both = ['x64', 'arm64'];
  expect(config.linux?.target).toEqual([
    { target: 'AppImage', arch: both },
    { target: 'deb', arch: both },
    { target: 'tar.gz', arch: both },
  ]);
  expect(config.mac?.target).toEqual([
    { target: 'dmg', arch: both },
    { target: 'zip', arch: both },
  ]);
  expect(config.protocols).toEqual([{ name: 'Foredeck', schemes: ['foredeck'] }]);
  expect(config.publish, 'no feed, so no update is looked for').toBeUndefined();
});

test('what runs on macOS may use the hypervisor', async () => {
  for (const path of [config.mac?.entitlements, config.mac?.entitlementsInherit]) {
    const entitlements = await readFile(join(root, path ?? ''), 'utf8');
    expect(entitlements).toMatch(/<key>com\.apple\.security\.hypervisor<\/key>\s*<true\/>/);
    expect(entitlements).toMatch(/<key>com\.apple\.security\.cs\.allow-jit<\/key>\s*<true\/>/);
  }
  expect(config.mac?.hardenedRuntime).toBe(true);
});

test('the archive holds the build and nothing of the sources', async () => {
  const files = listed.filter((path) => !path.startsWith('node_modules'));
  const built = await readdir(join(root, 'out', 'renderer'), { recursive: true });
  expect(files).toEqual(
    expect.arrayContaining([
      'package.json',
      'out/main/main.js',
      'out/main/engine.js',
      'out/preload/preload.cjs',
      ...built.map((path) => `out/renderer/${path}`),
    ]),
  );
  const others = files.filter(
    (path) => !/^(package\.json|out(\/(main|preload|renderer)(\/.*)?)?)$/.test(path),
  );
  expect(others).toEqual([]);
  expect(JSON.parse(extractFile(archive, 'package.json').toString())).toMatchObject({
    main: 'out/main/main.js',
  });
});

test('the archive holds what the program needs at run time, and no tools', async () => {
  const { dependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const packed = (name: string): boolean => listed.includes(`node_modules/${name}/package.json`);
  expect(Object.keys(dependencies).filter((name) => !packed(name))).toEqual([]);
  // What the page is made of is in its bundle.
  const tools = ['electron', 'electron-builder', 'typescript', 'vite', 'playwright', 'react', 'lucide-react'];
  expect(tools.filter(packed)).toEqual([]);
  expect(listed.filter((path) => path.includes('node-linux-'))).toEqual([]);
});

test('native modules lie beside the archive, where they can be loaded', () => {
  const native = listed.filter((path) => path.endsWith('.node'));
  expect(native).toContainEqual(expect.stringMatching(/node-pty-linux-(x64|arm64)\/pty\.node$/));
  for (const path of native) {
    const stat = statFile(archive, path);
    expect('unpacked' in stat && stat.unpacked, path).toBe(true);
    expect(existsSync(join(`${archive}.unpacked`, path)), path).toBe(true);
  }
});

test('what the engine reads lies beside the archive', async () => {
  const resources = join(app, 'resources');
  const expected = [
    'vm-templates/debian-13/template.yaml',
    'resources/debian-archive-keyring/debian-archive-keyring.gpg',
    'resources/doctor-catalogue',
    'resources/tray/tray.png',
    'resources/tray/trayTemplate@2x.png',
  ];
  expect(expected.filter((path) => !existsSync(join(resources, path)))).toEqual([]);
  expect((await readdir(resources)).sort()).toEqual([
    'app.asar',
    'app.asar.unpacked',
    'resources',
    'vm-templates',
  ]);
});

test('the fuses read back as they are meant', async () => {
  const wire = await getCurrentFuseWire(join(app, 'foredeck'));
  const meant: [FuseV1Options, FuseState][] = [
    // The engine is this same binary, run as Node.
    [FuseV1Options.RunAsNode, FuseState.ENABLE],
    [FuseV1Options.EnableNodeOptionsEnvironmentVariable, FuseState.DISABLE],
    [FuseV1Options.EnableNodeCliInspectArguments, FuseState.DISABLE],
    [FuseV1Options.EnableEmbeddedAsarIntegrityValidation, FuseState.ENABLE],
    [FuseV1Options.OnlyLoadAppFromAsar, FuseState.ENABLE],
    [FuseV1Options.GrantFileProtocolExtraPrivileges, FuseState.DISABLE],
  ];
  for (const [fuse, state] of meant) expect(wire[fuse], FuseV1Options[fuse]).toBe(state);
});
