import type { Handler, SelfTest } from '../../../contract/records.ts';
import { isAbort } from '../../base/engine-error.ts';
import type { Log } from '../../base/log.ts';
import type { GuestLink, PackageFiles } from '../../vm/ports.ts';
import type { ArchRow } from '../arch-table.ts';
import { busyboxStep } from './busybox-step.ts';
import { dockerStep, type RunContainer } from './docker-step.ts';

export interface LateProofsOptions {
  /** As `uname -m` says in the VM. */
  readonly vmUname: string;
  readonly packages: PackageFiles;
  readonly record: (row: ArchRow) => Handler;
  /** The test as it is with its last steps. */
  readonly onProved: (row: ArchRow, test: SelfTest) => void;
  readonly log: Log;
}

/** What late steps run with, while the VM is connected and Docker answers. */
interface Connected {
  readonly link: GuestLink;
  readonly runContainer: RunContainer;
}

/**
 * The last steps of the self-test, busybox and Docker, which wait for Docker and so follow the others: in the
 * background after a boot and a change, one architecture at a time.
 */
export class LateProofs {
  readonly #options: LateProofsOptions;
  readonly #proving = new Map<ArchRow, Promise<void>>();
  #connected: Connected | undefined;
  /** Settles when none is being proved. */
  #last: Promise<void> = Promise.resolve();

  constructor(options: LateProofsOptions) {
    this.#options = options;
  }

  /** Whether Docker answers now. */
  get connected(): boolean {
    return this.#connected !== undefined;
  }

  /** Docker answers, until the link goes. */
  connect(connected: Connected): void {
    this.#connected = connected;
    connected.link.signal.addEventListener('abort', () => {
      if (this.#connected === connected) this.#connected = undefined;
    });
  }

  /** Resolves when the row's last test is complete, or cannot be completed now. Never rejects. */
  prove(row: ArchRow): Promise<void> {
    const known = this.#proving.get(row);
    if (known) return known;
    const proving = this.#last.then(() => this.#prove(row)).finally(() => this.#proving.delete(row));
    this.#proving.set(row, proving);
    this.#last = proving;
    return proving;
  }

  async #prove(row: ArchRow): Promise<void> {
    // A newer test may come meanwhile, whose last steps are run then.
    for (let test = this.#waiting(row); test && this.#connected; test = this.#waiting(row)) {
      const { link } = this.#connected;
      try {
        const late = [await this.#busybox(row, this.#connected), await this.#docker(row, this.#connected)];
        if (this.#waiting(row)?.at !== test.at) continue;
        const ok = late.every((step) => step.ok);
        this.#options.onProved(row, { ...test, ok, steps: [...test.steps, ...late], complete: true });
      } catch (thrown) {
        if (!isAbort(thrown) && !link.signal.aborted) {
          this.#options.log.warn({ arch: row.arch, err: thrown }, 'the last steps of a self-test failed');
        }
        return;
      }
    }
  }

  #busybox(row: ArchRow, { link }: Connected): ReturnType<typeof busyboxStep> {
    const { packages, vmUname } = this.#options;
    return busyboxStep({ row, vmUname, link, packages, signal: link.signal });
  }

  #docker(row: ArchRow, { link, runContainer }: Connected): ReturnType<typeof dockerStep> {
    return dockerStep({ row, runContainer, signal: link.signal });
  }

  /** The test whose last steps are to come; null when none is. */
  #waiting(row: ArchRow): SelfTest | null {
    const { state, lastTest } = this.#options.record(row);
    return state === 'on' && lastTest?.ok && !lastTest.complete ? lastTest : null;
  }
}
