import { z } from 'zod';
import { PortKey, PortNumber } from '../../../contract/published-ports.ts';
import { readFileIfAny, writeFileAtomic } from '../../base/atomic-file.ts';
import type { Log } from '../../base/log.ts';

const Choice = PortKey.extend({ hostPort: PortNumber });
const Choices = z.record(z.string(), z.array(Choice));

/** Which other ports of the host a person chose, by container; outlives engine and VM, not the container. */
export class PortChoices {
  readonly #path: string;
  readonly #log: Log;
  readonly #byContainer = new Map<string, z.infer<typeof Choice>[]>();
  #loaded: Promise<void> | undefined;

  constructor(options: { path: string; log: Log }) {
    this.#path = options.path;
    this.#log = options.log;
  }

  /** Reads the file, once. One that cannot be understood counts as empty, and is replaced by the next choice. */
  load(): Promise<void> {
    this.#loaded ??= this.#load();
    return this.#loaded;
  }

  get(container: string, key: PortKey): number | undefined {
    return this.#byContainer.get(container)?.find((choice) => isSame(choice, key))?.hostPort;
  }

  /** Resolves when the file has it; null: the port that was published. */
  async set(container: string, key: PortKey, hostPort: number | null): Promise<void> {
    const { protocol, address, port } = key;
    const others = (this.#byContainer.get(container) ?? []).filter((choice) => !isSame(choice, key));
    const chosen = hostPort === null ? others : [...others, { protocol, address, port, hostPort }];
    if (chosen.length > 0) this.#byContainer.set(container, chosen);
    else this.#byContainer.delete(container);
    await this.#write();
  }

  /** Forgets containers that are gone. */
  async retain(exists: (container: string) => boolean): Promise<void> {
    const gone = [...this.#byContainer.keys()].filter((container) => !exists(container));
    if (gone.length === 0) return;
    for (const container of gone) this.#byContainer.delete(container);
    await this.#write();
  }

  async #write(): Promise<void> {
    await writeFileAtomic(this.#path, `${JSON.stringify(Object.fromEntries(this.#byContainer), null, 2)}\n`);
  }

  async #load(): Promise<void> {
    try {
      const text = await readFileIfAny(this.#path);
      const stored = text === undefined ? {} : Choices.parse(JSON.parse(text));
      for (const [container, choices] of Object.entries(stored)) this.#byContainer.set(container, choices);
    } catch (thrown) {
      this.#log.warn({ err: thrown, path: this.#path }, 'the chosen ports cannot be read');
    }
  }
}

function isSame(one: PortKey, other: PortKey): boolean {
  return one.protocol === other.protocol && one.address === other.address && one.port === other.port;
}
