import { z } from 'zod';
import { EngineError } from '../base/engine-error.ts';
import { sleep } from '../base/time.ts';
import type { QmpClient } from './qmp-client.ts';

/*
 * A guest's memory and devices, to a file and back. QEMU calls both a migration (docs/devel/migration/mapped-ram.rst,
 * qapi/migration.json). `mapped-ram` gives each page its own place in the file: pages of zeros are holes, and pages are
 * read and written by several threads.
 */

/** QEMU has `mapped-ram` since 9.0. */
const oldestSavingMajor = 9;

/** QEMU tells by an event when its migration changes; this is for a host on which one gets lost. */
const lookIntervalMs = 250;

/** A disk that takes not one page within this time is not going to. */
const longestStallMs = 20_000;

/** Threads that read or write pages beside each other; more than two do not make a file faster. */
const channels = 2;

const capabilities = [
  { capability: 'events', state: true },
  { capability: 'mapped-ram', state: true },
  { capability: 'multifd', state: true },
  // The data disk is opened for writing by `cont`, not when the memory is loaded.
  { capability: 'late-block-activate', state: true },
];

const Migration = z.object({
  status: z.string().default('none'),
  'error-desc': z.string().optional(),
  ram: z.object({ transferred: z.number(), total: z.number() }).optional(),
});
type Migration = z.infer<typeof Migration>;

/** Throws `tool_too_old` for a QEMU which cannot do it. */
export function requireSaving(qemuVersion: string): void {
  if (Number.parseInt(qemuVersion, 10) >= oldestSavingMajor) return;
  throw new EngineError({
    code: 'tool_too_old',
    message: `QEMU ${qemuVersion} cannot keep a guest in a file; version ${oldestSavingMajor}.0 can.`,
  });
}

/** Writes the memory of a stopped guest to `path`, which is made or cut. It is not synced. Throws `qemu_failed`. */
export async function saveGuest(qmp: QmpClient, path: string, signal: AbortSignal): Promise<void> {
  await prepare(qmp);
  await qmp.execute('migrate', z.unknown(), { channels: [fileChannel(path)] });
  await migrated(qmp, signal);
}

/** Fills a QEMU that was started with `-incoming defer`; its guest stands still then. Throws `qemu_failed`. */
export async function loadGuest(qmp: QmpClient, path: string, signal: AbortSignal): Promise<void> {
  await prepare(qmp);
  await qmp.execute('migrate-incoming', z.unknown(), { channels: [fileChannel(path)] });
  await migrated(qmp, signal);
}

/** Ends a save that is under way, and waits until QEMU has let go of it; its guest stands still then. */
export async function cancelSave(qmp: QmpClient, signal: AbortSignal): Promise<void> {
  for (;;) {
    const { status } = await query(qmp);
    if (['none', 'completed', 'failed', 'cancelled'].includes(status)) return;
    await qmp.execute('migrate_cancel', z.unknown());
    await sleep(lookIntervalMs, signal);
  }
}

async function prepare(qmp: QmpClient): Promise<void> {
  await qmp.execute('migrate-set-capabilities', z.unknown(), { capabilities });
  // Zero lifts the limit of 128 MiB/s, which is meant for networks.
  const parameters = { 'max-bandwidth': 0, 'multifd-channels': channels };
  await qmp.execute('migrate-set-parameters', z.unknown(), parameters);
}

function fileChannel(filename: string) {
  return { 'channel-type': 'main', addr: { transport: 'file', filename, offset: 0 } };
}

async function migrated(qmp: QmpClient, signal: AbortSignal): Promise<void> {
  let changed = new AbortController();
  const stopListening = qmp.onEvent(({ event }) => {
    if (event === 'MIGRATION') changed.abort();
  });
  let progress = { transferred: -1, at: Date.now() };
  try {
    for (;;) {
      changed = new AbortController();
      const { status, ram, 'error-desc': why } = await query(qmp);
      if (status === 'completed') return;
      if (status === 'failed' || status === 'cancelled') throw failed(why ?? status);
      const transferred = ram?.transferred ?? 0;
      if (transferred > progress.transferred) progress = { transferred, at: Date.now() };
      else if (Date.now() - progress.at > longestStallMs) {
        throw failed(`nothing moved for ${longestStallMs / 1_000} s`);
      }
      await sleep(lookIntervalMs, AbortSignal.any([signal, changed.signal])).catch(() => undefined);
      signal.throwIfAborted();
    }
  } finally {
    stopListening();
  }
}

async function query(qmp: QmpClient): Promise<Migration> {
  return await qmp.execute('query-migrate', Migration);
}

function failed(why: string): EngineError {
  return new EngineError({ code: 'qemu_failed', message: `QEMU's migration ended: ${why}.` });
}
