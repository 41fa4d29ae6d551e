import type { ActivityEntry } from '../../../contract/activity.ts';
import type { Job } from '../../../contract/records.ts';
import { type Screen, screenItem } from '../../../contract/screens.ts';

const screensOfTypes: Readonly<Record<string, Screen>> = {
  container: 'containers',
  image: 'images',
  volume: 'volumes',
  network: 'networks',
  builder: 'builds',
};

const screensOfJobs: Partial<Record<Job['kind'], Screen>> = {
  'compose-image': 'overview',
  'install-docker-cli': 'overview',
  'install-virtiofsd': 'settings',
  emulator: 'emulation',
  'docker-image': 'images',
  disk: 'overview',
};

/** After these there is nothing left to show. */
const goneActions = ['destroy', 'delete', 'remove'];

/** Where the page shows what an entry is about; undefined when it does not. */
export function entryHref(entry: ActivityEntry): string | undefined {
  if (entry.kind === 'doctor') return href('containers', entry.subject);
  if (entry.kind === 'refused-mount') return undefined;
  const screen = screensOfTypes[entry.type];
  if (!screen || goneActions.includes(entry.action)) return undefined;
  return href(screen, entry.subject);
}

export function jobHref({ kind }: Job): string | undefined {
  const screen = screensOfJobs[kind];
  return screen && `#/${screen}`;
}

/** What something is called comes from containers: only what a path may hold goes into one. */
function href(screen: Screen, item: string): string {
  return screenItem.test(item) ? `#/${screen}/${item}` : `#/${screen}`;
}
