import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { Settings } from '../../contract/records.ts';
import { readFileIfAny, writeFileAtomic } from '../base/atomic-file.ts';
import { EngineError } from '../base/engine-error.ts';

export const defaultSettings: Settings = {
  autoStart: true,
  mirror: null,
  cpus: null,
  memoryMiB: null,
  diskGiB: 64,
  accelerator: 'auto',
  cpuModel: null,
  stopBy: 'suspend',
  sharePorts: false,
  onQuit: 'ask',
  openAtLogin: false,
  stayInTray: false,
  notify: true,
  checkForUpdates: true,
  hostAccess: false,
  proxy: { from: 'host' },
  registryMirrors: [],
  caCertificates: [],
};

/** Only what differs from the defaults is written, so that better defaults reach people who never chose. */
const StoredSettings = Settings.partial().strict();

/** `settings.json` in FOREDECK_HOME: read once at start, written whole at each change. */
export class SettingsFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Throws `bad_input` naming the file and the setting when it cannot be understood; nothing is overwritten. */
  async read(): Promise<Settings> {
    const text = await readFileIfAny(this.#path);
    if (text === undefined) return defaultSettings;
    let stored: z.infer<typeof StoredSettings>;
    try {
      stored = StoredSettings.parse(JSON.parse(text));
    } catch (thrown) {
      const why = thrown instanceof z.ZodError ? z.prettifyError(thrown) : String(thrown);
      throw new EngineError({
        code: 'bad_input',
        message: `${this.#path} cannot be read: ${why}`,
        hint: 'Correct the file, or delete it to go back to the defaults.',
        cause: thrown,
      });
    }
    return { ...defaultSettings, ...withoutUndefined(stored) };
  }

  async write(settings: Settings): Promise<void> {
    const chosen = Object.entries(settings).filter(
      ([key, value]) => !isDeepStrictEqual(value, defaultSettings[key as keyof Settings]),
    );
    await writeFileAtomic(this.#path, `${JSON.stringify(Object.fromEntries(chosen), null, 2)}\n`);
  }
}

/** `settings` changed by those entries of `change` which are present. */
export function changeSettings(
  settings: Settings,
  change: { [K in keyof Settings]?: Settings[K] | undefined },
): Settings {
  return { ...settings, ...withoutUndefined(change) };
}

function withoutUndefined<T extends object>(
  value: {
    [K in keyof T]?: T[K] | undefined;
  },
): { [K in keyof T]?: T[K] } {
  const present = Object.entries(value).filter(([, entry]) => entry !== undefined);
  return Object.fromEntries(present) as { [K in keyof T]?: T[K] };
}
