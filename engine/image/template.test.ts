import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withTempFolder } from '../testing/temp-folder.ts';
import { loadEmulatorSources, loadTemplate, parseTemplate } from './template.ts';

const shipped = join(import.meta.dirname, '../../vm-templates/debian-13');

describe('parseTemplate', () => {
  const read = () => readFile(join(shipped, 'template.yaml'), 'utf8');

  it('accepts the template which is shipped', async () => {
    expect(parseTemplate(await read(), 'template.yaml').name).toBe('debian-13');
  });

  it('accepts the sources of emulators which are shipped', async () => {
    expect((await loadEmulatorSources(shipped)).backports[0]?.suite).toBe('trixie-backports');
  });

  it('refuses an unknown key, naming file and line', async () => {
    const lines = (await read()).split('\n');
    const at = lines.findIndex((line) => line.startsWith('packages:'));
    lines.splice(at, 0, 'pakages: [bash]');
    expect(() => parseTemplate(lines.join('\n'), 'template.yaml')).toThrow(
      expect.objectContaining({
        code: 'template_invalid',
        message: `template.yaml:${at + 1}: unknown key "pakages".`,
      }),
    );
  });

  it('refuses an unknown key deep inside', async () => {
    const text = (await read()).replace('  memoryMiB: 2048', '  memoryMiB: 2048\n  memryMiB: 1');
    const line = text.split('\n').findIndex((candidate) => candidate.includes('memryMiB')) + 1;
    expect(() => parseTemplate(text, 't.yaml')).toThrow(`t.yaml:${line}: unknown key "defaults.memryMiB"`);
  });

  it('names the line of a wrong value, of a missing key and of broken YAML', async () => {
    const text = await read();
    const wrong = text.replace('memoryMiB: 2048', 'memoryMiB: plenty');
    const line = wrong.split('\n').findIndex((candidate) => candidate.includes('plenty')) + 1;
    expect(() => parseTemplate(wrong, 't.yaml')).toThrow(
      new RegExp(`^t\\.yaml:${line}: defaults\\.memoryMiB`),
    );
    expect(() => parseTemplate(text.replace(/^title:.*$/m, ''), 't.yaml')).toThrow(/^t\.yaml:\d+: title/);
    expect(() => parseTemplate('a: [1\nb: 2', 't.yaml')).toThrow(/^t\.yaml:\d+: /);
  });
});

describe('loadTemplate', () => {
  it('changes its hash with every file and link of the folder', async () => {
    await withTempFolder(async (folder) => {
      await writeFile(join(folder, 'template.yaml'), await readFile(join(shipped, 'template.yaml')));
      await mkdir(join(folder, 'guest/root/etc'), { recursive: true });
      const hashes = [(await loadTemplate(folder).catch(() => null))?.hash];
      await writeFile(join(folder, 'guest/root/etc/motd'), 'hello');
      hashes.push((await loadTemplate(folder)).hash);
      await writeFile(join(folder, 'guest/root/etc/motd'), 'hello!');
      hashes.push((await loadTemplate(folder)).hash);
      await symlink('motd', join(folder, 'guest/root/etc/issue'));
      const loaded = await loadTemplate(folder);
      hashes.push(loaded.hash);
      expect(new Set(hashes).size).toBe(4);
      expect(loaded.overlay).toEqual([
        { path: 'root/etc/issue', content: { linksTo: 'motd' } },
        { path: 'root/etc/motd', content: { bytes: Buffer.from('hello!') } },
      ]);
    });
  });

  it('says which template cannot be read', async () => {
    await expect(loadTemplate('/nonexistent')).rejects.toMatchObject({ code: 'template_invalid' });
  });
});
