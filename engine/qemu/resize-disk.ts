import { z } from 'zod';
import type { QmpClient } from './qmp-client.ts';

/** The data disk's drive, as command-line.ts names it. */
const device = 'data';

/**
 * Makes the data disk of a running QEMU larger; the guest sees it at once, its file system stays as it is. Throws
 * `qemu_failed` with nothing changed. Source: QEMU's qapi/block-core.json, block_resize.
 */
export async function resizeDataDisk(qmp: QmpClient, sizeBytes: number): Promise<void> {
  await qmp.execute('block_resize', z.unknown(), { device, size: sizeBytes });
}
