import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { troubleshootingPage } from './troubleshooting-page.ts';

const clone = join(import.meta.dirname, '..', '..', '..');

test('docs/troubleshooting.md says what the catalogue says; npm run troubleshooting writes it', async () => {
  const page = await troubleshootingPage({
    catalogueFolder: join(clone, 'resources', 'doctor-catalogue'),
    fixturesFolder: join(import.meta.dirname, 'fixtures'),
  });
  expect(await readFile(join(clone, 'docs', 'troubleshooting.md'), 'utf8')).toBe(page);
});
