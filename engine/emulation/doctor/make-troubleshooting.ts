import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { troubleshootingPage } from './troubleshooting-page.ts';

/* Writes docs/troubleshooting.md: `npm run troubleshooting`, whenever the catalogue or a fixture has changed. */

const clone = join(import.meta.dirname, '..', '..', '..');

const page = await troubleshootingPage({
  catalogueFolder: join(clone, 'resources', 'doctor-catalogue'),
  fixturesFolder: join(import.meta.dirname, 'fixtures'),
});
await writeFile(join(clone, 'docs', 'troubleshooting.md'), page);
