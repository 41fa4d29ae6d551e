import type { State } from '../../contract/state.ts';
import { defaultSettings } from '../state/settings-file.ts';

/** A state with nothing in it, as a test's engine would start with. */
export function emptyState(): State {
  return {
    host: {
      home: '/home/test/.foredeck',
      userHome: '/home/test',
      platform: 'linux',
      arch: 'amd64',
      cores: 2,
      memoryBytes: 8 * 1024 ** 3,
      engineVersion: '0.0.0-test',
      enginePid: 1,
      dockerCli: { state: 'missing', path: null, version: null, compose: null, installable: false, hint: '' },
    },
    settings: defaultSettings,
    vms: {},
    containers: {},
    handlers: {},
    jobs: {},
    images: {},
    dockerImages: {},
    volumes: {},
    networks: {},
    shares: {},
  };
}
