import { z } from 'zod';
import { EngineError } from '../base/engine-error.ts';
import { orAborted, withDeadline } from '../base/time.ts';
import type { HotDisk, HotDisks } from '../vm/ports.ts';
import { hotPlugPorts } from './command-line.ts';
import type { QmpClient } from './qmp-client.ts';

/** A guest flushes and lets go within a second, an emulated and busy one within several. */
const releaseTimeoutMs = 60_000;

const prefix = 'disk-';

const Property = z.object({ name: z.string() });
const DeviceDeleted = z.object({ device: z.string().optional() });

/**
 * Read-only virtio disks in the root ports which the machine was started with. Which are plugged is asked of QEMU each
 * time, so it stays true for a QEMU that was adopted. Sources: QEMU's qapi/qdev.json, docs/pcie_pci_bridge and
 * docs/system/qemu-block-drivers.
 */
export class QemuHotDisks implements HotDisks {
  readonly #qmp: QmpClient;

  constructor(qmp: QmpClient) {
    this.#qmp = qmp;
  }

  async plug({ path, serial }: HotDisk): Promise<void> {
    const port = await this.#freePort(serial);
    const node = prefix + serial;
    await this.#qmp.execute('blockdev-add', z.unknown(), {
      driver: 'raw',
      'node-name': node,
      'read-only': true,
      file: { driver: 'file', filename: path, 'read-only': true },
    });
    try {
      await this.#qmp.execute('device_add', z.unknown(), {
        driver: 'virtio-blk-pci',
        id: node,
        drive: node,
        serial,
        bus: port,
      });
    } catch (thrown) {
      await this.#qmp.execute('blockdev-del', z.unknown(), { 'node-name': node }).catch(() => undefined);
      throw thrown;
    }
  }

  async plugged(): Promise<string[]> {
    const devices = await this.#devices();
    return devices.filter((id) => id.startsWith(prefix)).map((id) => id.slice(prefix.length));
  }

  async unplug(serial: string, signal: AbortSignal): Promise<void> {
    const node = prefix + serial;
    if ((await this.#devices()).includes(node)) await this.#release(node, signal);
    await this.#qmp.execute('blockdev-del', z.unknown(), { 'node-name': node });
  }

  /** QEMU asks the guest, which answers in its own time; the device is gone with that event, or with QEMU. */
  async #release(node: string, signal: AbortSignal): Promise<void> {
    const deleted = Promise.withResolvers<void>();
    const stopListening = this.#qmp.onEvent(({ event, data }) => {
      if (event !== 'DEVICE_DELETED') return;
      if (DeviceDeleted.safeParse(data).data?.device === node) deleted.resolve();
    });
    const onTimeout = () => ({
      code: 'qemu_failed' as const,
      message: `The guest has not let go of the disk "${node.slice(prefix.length)}" for ${releaseTimeoutMs / 1_000} s.`,
      hint: 'Something in the VM still uses it. It goes away when the VM stops.',
    });
    try {
      await this.#qmp.execute('device_del', z.unknown(), { id: node });
      await withDeadline({ timeoutMs: releaseTimeoutMs, signal, onTimeout }, (within) =>
        orAborted(Promise.race([deleted.promise, this.#qmp.closed]), within),
      );
    } finally {
      stopListening();
    }
  }

  async #freePort(serial: string): Promise<string> {
    const devices = await this.#devices();
    const plugged = devices.filter((id) => id.startsWith(prefix));
    if (plugged.includes(prefix + serial)) {
      throw new EngineError({
        code: 'wrong_state',
        message: `A disk "${serial}" is plugged in already.`,
        hint: 'Unplug it first.',
      });
    }
    const taken = await Promise.all(plugged.map((id) => this.#portOf(id)));
    const free = hotPlugPorts.find((port) => devices.includes(port) && !taken.includes(port));
    if (free !== undefined) return free;
    throw new EngineError({
      code: 'wrong_state',
      message:
        plugged.length > 0
          ? `Every slot for disks is taken (${plugged.map((id) => id.slice(prefix.length)).join(', ')}).`
          : 'This VM was started without slots for disks.',
      hint: plugged.length > 0 ? 'Unplug one first.' : 'Restart the VM.',
    });
  }

  /** Ids of the devices which this program has named: root ports and plugged disks. */
  async #devices(): Promise<string[]> {
    const found = await this.#qmp.execute('qom-list', z.array(Property), { path: '/machine/peripheral' });
    return found.map(({ name }) => name);
  }

  async #portOf(id: string): Promise<string | undefined> {
    const bus = await this.#qmp.execute('qom-get', z.string(), {
      path: `/machine/peripheral/${id}`,
      property: 'parent_bus',
    });
    return hotPlugPorts.find((port) => bus.split('/').includes(port));
  }
}
