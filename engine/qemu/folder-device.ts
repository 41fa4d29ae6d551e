import { z } from 'zod';
import { optionValue } from './option-value.ts';
import type { QmpClient } from './qmp-client.ts';

/** The root port which is kept free for it: a VM that shares its first folder while it runs gets the device there. */
const port = 'share0';

/** Also the name of its chardev. */
const id = 'folders';

/** What the guest mounts: `mount -t virtiofs foredeck`. */
const tag = 'foredeck';

/** The largest that QEMU allows, so that many programs read at once without waiting for one another. */
const queueSize = 1_024;

/** The root port, which a machine has from its start or never; `chassis` tells root ports apart. */
export function folderPort(chassis: number): string[] {
  return ['-device', `pcie-root-port,id=${port},chassis=${chassis},io-reserve=0`];
}

/**
 * Guest memory which another process can map: a vhost-user device's server reads and writes it directly. Linux only.
 * Source: QEMU's docs/system/devices/vhost-user.rst, "Shared memory object".
 */
export function sharedMemory(memoryMiB: number): string[] {
  return ['-object', `memory-backend-memfd,id=${memoryId},size=${memoryMiB}M,share=on`];
}

/** What `-machine memory-backend=` names. */
export const memoryId = 'memory';

/** The device, last on the command line: one that was plugged later makes a machine of the same shape. */
export function folderArguments(socketPath: string): string[] {
  return [
    ...['-chardev', `socket,id=${id},path=${optionValue(socketPath)}`],
    ...['-device', `vhost-user-fs-pci,id=${id},chardev=${id},tag=${tag},queue-size=${queueSize},bus=${port}`],
  ];
}

/** Stands for the socket's path in a machine's shape. */
export const folderSocketInShape = 'folders';

/** Whether a machine of this shape has the device. */
export function hasFolderDevice(shape: readonly string[]): boolean {
  return shape.includes(folderArguments(folderSocketInShape).at(-1) ?? '');
}

/** Whether a running machine of this shape can get the device. */
export function takesFolderDevice(shape: readonly string[]): boolean {
  return shape.some((argument) => argument.startsWith('memory-backend-memfd,'));
}

/** Gives a running guest the device. Throws `qemu_failed`; nothing has changed then. */
export async function plugFolderDevice(qmp: QmpClient, socketPath: string): Promise<void> {
  await qmp.execute('chardev-add', z.unknown(), {
    id,
    backend: {
      type: 'socket',
      data: { addr: { type: 'unix', data: { path: socketPath } }, server: false },
    },
  });
  try {
    await qmp.execute('device_add', z.unknown(), {
      driver: 'vhost-user-fs-pci',
      id,
      chardev: id,
      tag,
      'queue-size': queueSize,
      bus: port,
    });
  } catch (thrown) {
    await qmp.execute('chardev-remove', z.unknown(), { id }).catch(() => undefined);
    throw thrown;
  }
}
