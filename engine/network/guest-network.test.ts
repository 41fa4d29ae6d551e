import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { Settings } from '../../contract/records.ts';
import { Scope } from '../base/scope.ts';
import { defaultSettings } from '../state/settings-file.ts';
import { callingLog } from '../testing/calling-log.ts';
import type { GuestLink, GuestProcess } from '../vm/ports.ts';
import { GuestNetwork } from './guest-network.ts';

/** The link's end of a guest: it says which files it has, takes others, and can be lost. */
class Guest {
  readonly lost = new AbortController();
  readonly taken: string[] = [];
  answer = '';
  code = 0;
  #process: GuestProcess | undefined;

  readonly #has: string;

  constructor(has: string) {
    this.#has = has;
  }

  readonly link = {
    signal: this.lost.signal,
    spawn: async () => {
      const stdout = new PassThrough();
      stdout.write(`${this.#has}\n`);
      const exited = new Promise<null>((resolve) =>
        this.lost.signal.addEventListener('abort', () => resolve(null)),
      );
      this.#process = {
        stdin: new PassThrough(),
        stdout,
        stderr: new PassThrough(),
        exited,
        kill: () => undefined,
      };
      return this.#process;
    },
    exec: async (argv: readonly string[], { input }: { input: Uint8Array }) => {
      this.taken.push(`${argv[0]} ${Buffer.from(input).includes('accept') ? 'open' : 'closed'}`);
      return { code: this.code, stdout: this.answer, stderr: 'no space left' };
    },
  } as unknown as GuestLink;

  /** As a connection that is given up: streams fail with its error, nobody asked for any of it. */
  lose(): void {
    this.lost.abort();
    for (const stream of [this.#process?.stdin, this.#process?.stdout, this.#process?.stderr]) {
      stream?.on('error', () => undefined).destroy(new Error('Keepalive timeout'));
    }
  }
}

async function withNetwork(
  work: (network: GuestNetwork, change: (settings: Partial<Settings>) => Promise<void>) => Promise<void>,
): Promise<void> {
  let settings = defaultSettings;
  const network = new GuestNetwork({
    settings: () => settings,
    proxySource: { environment: {}, platform: 'linux' },
    log: callingLog(() => undefined),
  });
  try {
    await work(network, async (change) => {
      settings = { ...settings, ...change };
      await network.settingsChanged();
    });
  } finally {
    await network.close();
  }
}

test('a guest gets what it does not have, and each change while it is connected', async () => {
  await withNetwork(async (network, change) => {
    const current = new Guest((await network.files()).id);
    const old = new Guest('none');
    const scope = new Scope('connection');
    await network.attach({ vm: 'service', link: current.link, scope });
    await network.attach({ vm: 'other', link: old.link, scope });
    expect([current.taken, old.taken]).toEqual([[], ['/usr/lib/foredeck/replace-network closed']]);
    await change({ hostAccess: true });
    await change({ openAtLogin: true });
    expect(current.taken).toEqual(['/usr/lib/foredeck/replace-network open']);
    await scope.close();
    await change({ hostAccess: false });
    expect(current.taken).toHaveLength(1);
  });
});

test('says that a guest could not, or that it has to wait', async () => {
  await withNetwork(async (network, change) => {
    const guest = new Guest((await network.files()).id);
    const scope = new Scope('connection');
    await network.attach({ vm: 'service', link: guest.link, scope });
    guest.answer = 'later\n';
    await expect(change({ proxy: { from: 'none' }, hostAccess: true })).rejects.toMatchObject({
      code: 'guest_command_failed',
      message: expect.stringContaining('at its next start'),
    });
    guest.code = 1;
    await expect(change({ hostAccess: false })).rejects.toThrow('no space left');
    await scope.close();
  });
});

test('a connection that is lost is nobody else’s trouble', async () => {
  await withNetwork(async (network) => {
    const guest = new Guest((await network.files()).id);
    const scope = new Scope('connection');
    await network.attach({ vm: 'service', link: guest.link, scope });
    guest.lose();
    await new Promise((resolve) => setImmediate(resolve));
    await scope.close();
  });
});
