import { createHash } from 'node:crypto';
import type { RealHome } from './real-home.ts';

/**
 * A container that writes numbered lines with their own checksums into a volume, each synced: whatever is lost, torn
 * or written twice shows.
 */
export class CheckedLog {
  readonly #home: RealHome;
  readonly name: string;

  private constructor(home: RealHome, name: string) {
    this.#home = home;
    this.name = name;
  }

  /** Starts the writer. It runs until it is stopped, and goes on counting where the log ends. */
  static async start(home: RealHome, options: { image: string; name: string }): Promise<CheckedLog> {
    const { image, name } = options;
    const program = [
      'n=$(tail -n 1 /log/lines 2>/dev/null | cut -d" " -f1)',
      'trap "exit 0" TERM',
      'while :; do n=$((n+1)); sum=$(echo "line $n" | sha256sum | cut -c1-64)',
      'echo "$n $sum" >> /log/lines; sync /log/lines; usleep 250000; done',
    ].join('\n');
    const run = ['run', '-d', '--restart', 'always', '--name', name, '-v', `${name}:/log`, image];
    await home.dockerOk([...run, 'sh', '-c', program]);
    return new CheckedLog(home, name);
  }

  /** How many lines there are, none before the first. Throws naming the first one that is wrong. */
  async check(): Promise<number> {
    // From outside the container: an emulated `cat` would take the processor from what is tested.
    const file = `/var/lib/docker/volumes/${this.name}/_data/lines`;
    const { stdout: text } = await this.#home.foredeck(['shell', '--', 'cat', file]);
    const lines = text.split('\n').filter((line) => line !== '');
    for (const [index, line] of lines.entries()) {
      const number = index + 1;
      const sum = createHash('sha256').update(`line ${number}\n`).digest('hex');
      if (line !== `${number} ${sum}`) throw new Error(`line ${number} of ${this.name} is "${line}"`);
    }
    return lines.length;
  }

  /** Resolves with the count once it is beyond `count`: the writer writes. */
  async beyond(count: number): Promise<number> {
    for (;;) {
      const now = await this.check();
      if (now > count) return now;
    }
  }

  /** The container's process as the guest counts it: the same number means that it was never started again. */
  async pid(): Promise<string> {
    return await this.#home.dockerOk(['inspect', '-f', '{{.State.Pid}} {{.State.StartedAt}}', this.name]);
  }
}
