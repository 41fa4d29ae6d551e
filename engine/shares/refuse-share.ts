import { liesIn } from '../../contract/shares.ts';
import { EngineError } from '../base/engine-error.ts';

/** Folders which the guest needs for itself, with all that lies in them: mounted over, it would not run any more. */
const guestFolders: Readonly<Record<string, string>> = {
  '/bin': 'its programs',
  '/sbin': 'its programs',
  '/lib': 'its libraries',
  '/lib32': 'its libraries',
  '/lib64': 'its libraries',
  '/usr': 'its programs',
  '/etc': 'its configuration',
  '/boot': 'its kernel',
  '/var': 'Docker and its logs',
  '/run': 'its running services',
  '/dev': 'its devices',
  '/proc': 'its processes',
  '/sys': 'its devices',
};

/** Where desktops mount discs and sticks; nothing of the guest lies there. */
const allowedWithin = ['/run/media'];

/** Which the guest has as well, but where folders below are in nobody's way. `/` always lies around FOREDECK_HOME. */
const sharedOnlyBelow = '/tmp';

export interface ShareQuestion {
  /** Absolute and normalised, as the person wrote it. */
  readonly path: string;
  /** Where it lies once symbolic links are followed. */
  readonly realPath: string;
  /** FOREDECK_HOME, symbolic links followed. */
  readonly home: string;
  /** The person's home folder, symbolic links followed. */
  readonly userHome: string;
}

/**
 * Throws `share_refused` with the reason when a folder may not be shared. A folder around FOREDECK_HOME is refused, with
 * one exception: the person's own home folder, where FOREDECK_HOME lies unless it was moved. Of that one the VM gets an
 * empty folder in FOREDECK_HOME's place (see share-namespace.ts).
 */
export function refuseShare({ path, realPath, home, userHome }: ShareQuestion): void {
  for (const place of new Set([path, realPath])) {
    if (liesIn(place, home)) {
      throw refused(path, 'it lies in the folder that Foredeck keeps its own files in, which no VM sees');
    }
    if (liesIn(home, place) && place !== userHome) {
      throw refused(
        path,
        `Foredeck keeps its own files in ${home}, which no VM sees`,
        'Share a folder in it.',
      );
    }
    if (place === sharedOnlyBelow) {
      throw refused(path, `the VM has its own ${place}, for temporary files`, 'Share a folder in it.');
    }
    if (allowedWithin.some((folder) => place !== folder && liesIn(place, folder))) continue;
    for (const [folder, what] of Object.entries(guestFolders)) {
      if (!liesIn(place, folder)) continue;
      throw refused(path, `the VM has its own ${folder}, for ${what}`, 'Share a folder elsewhere.');
    }
  }
}

function refused(path: string, why: string, hint = 'Share another folder.'): EngineError {
  return new EngineError({ code: 'share_refused', message: `Cannot share ${path}: ${why}.`, hint });
}
