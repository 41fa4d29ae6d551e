import { createHash } from 'node:crypto';

/** The VM in which a log is written, as its owner reaches it. */
export interface CheckedLogVm {
  /** Runs the Docker CLI; throws when it fails, answers its standard output otherwise, trimmed. */
  dockerOk(args: readonly string[]): Promise<string>;
  /** The whole content of a file in the guest. */
  readGuestFile(path: string): Promise<string>;
}

/**
 * A container that writes numbered lines with their own checksums into a volume, each synced: whatever is lost, torn
 * or written twice shows.
 */
export class CheckedLog {
  readonly #vm: CheckedLogVm;
  readonly name: string;

  private constructor(vm: CheckedLogVm, name: string) {
    this.#vm = vm;
    this.name = name;
  }

  /** Starts the writer. It runs until it is stopped, and goes on counting where the log ends. */
  static async start(vm: CheckedLogVm, options: { image: string; name: string }): Promise<CheckedLog> {
    const { image, name } = options;
    const program = [
      'n=$(tail -n 1 /log/lines 2>/dev/null | cut -d" " -f1)',
      'trap "exit 0" TERM',
      'while :; do n=$((n+1)); sum=$(echo "line $n" | sha256sum | cut -c1-64)',
      'echo "$n $sum" >> /log/lines; sync /log/lines; usleep 250000; done',
    ].join('\n');
    const run = ['run', '-d', '--restart', 'always', '--name', name, '-v', `${name}:/log`, image];
    await vm.dockerOk([...run, 'sh', '-c', program]);
    return new CheckedLog(vm, name);
  }

  /** How many lines there are, none before the first. Throws naming the first one that is wrong. */
  async check(): Promise<number> {
    // From outside the container: an emulated `cat` would take the processor from what is tested.
    const text = await this.#vm.readGuestFile(`/var/lib/docker/volumes/${this.name}/_data/lines`);
    const lines = text.split('\n').filter((line) => line !== '');
    for (const [index, line] of lines.entries()) {
      const number = index + 1;
      const sum = createHash('sha256').update(`line ${number}\n`).digest('hex');
      if (line !== `${number} ${sum}`) throw new Error(`line ${number} of ${this.name} is "${line}"`);
    }
    return lines.length;
  }

  /** Resolves with the count once it is beyond `count`: the writer writes. */
  async beyond(count: number, signal?: AbortSignal): Promise<number> {
    for (;;) {
      signal?.throwIfAborted();
      const now = await this.check();
      if (now > count) return now;
    }
  }

  /** The container's process as the guest counts it: the same number means that it was never started again. */
  async pid(): Promise<string> {
    return await this.#vm.dockerOk(['inspect', '-f', '{{.State.Pid}} {{.State.StartedAt}}', this.name]);
  }
}
