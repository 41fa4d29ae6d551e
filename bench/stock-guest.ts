import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { sleep } from '../engine/base/time.ts';
import { createGuestConnector } from '../engine/ssh/guest-connector.ts';
import type { VmKeys } from '../engine/vm/ports.ts';

/**
 * The baseline of the boot figure: the packages of our guest as Debian installs them, with maintainer scripts,
 * systemd and an ext4 root, booted by the same QEMU with the same processors and memory.
 */
export interface StockGuest {
  readonly kernel: string;
  readonly initrd: string;
  readonly disk: string;
  readonly keys: VmKeys;
}

/** What our template installs and asks for by name, plus what makes a stock Debian boot. */
const packages = [
  'systemd-sysv',
  'systemd-resolved',
  'udev',
  'dbus',
  'initramfs-tools',
  'linux-image-cloud-amd64',
  'docker.io',
  'docker-cli',
  'docker-buildx',
  'openssh-server',
  'bash-completion',
  'procps',
  'iproute2',
  'iptables',
  'nano',
  'less',
  'curl',
  'ca-certificates',
  'e2fsprogs',
  'kmod',
];

const networkFile = `[Match]
Name=en*
[Network]
Address=10.0.2.15/24
Gateway=10.0.2.2
DNS=10.0.2.3
`;

/** Builds the stock guest into `folder` with mmdebstrap (about a minute, as root), or finds it there from earlier in this run. */
export async function buildStockGuest(folder: string, mirror: string): Promise<StockGuest> {
  const guest = (keys: VmKeys): StockGuest => ({
    kernel: join(folder, 'vmlinuz'),
    initrd: join(folder, 'initrd.img'),
    disk: join(folder, 'root.img'),
    keys,
  });
  const keysPath = join(folder, 'keys.json');
  if (existsSync(keysPath)) return guest(JSON.parse(await readFile(keysPath, 'utf8')) as VmKeys);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const keys = await createGuestConnector().makeKeys();
  const files: Record<string, { target: string; content: string; mode: string }> = {
    'host-key': { target: '/etc/ssh/ssh_host_ed25519_key', content: keys.hostPrivate, mode: '0600' },
    'authorized-keys': {
      target: '/root/.ssh/authorized_keys',
      content: `${keys.clientPublic}\n`,
      mode: '0600',
    },
    network: { target: '/etc/systemd/network/10-slirp.network', content: networkFile, mode: '0644' },
    daemon: {
      target: '/etc/docker/daemon.json',
      content: JSON.stringify({ features: { 'containerd-snapshotter': true } }),
      mode: '0644',
    },
    fstab: { target: '/etc/fstab', content: '/dev/vda / ext4 defaults 0 1\n', mode: '0644' },
  };
  const tree = join(folder, 'tree');
  const hooks: string[] = [];
  for (const [name, file] of Object.entries(files)) {
    await writeFile(join(folder, name), file.content);
    hooks.push(`--customize-hook=install -D -m ${file.mode} "${join(folder, name)}" "$1${file.target}"`);
  }
  await execa(
    'mmdebstrap',
    [
      '--mode=root',
      '--variant=minbase',
      `--include=${packages.join(',')}`,
      ...hooks,
      '--customize-hook=chroot "$1" systemctl enable systemd-networkd ssh docker',
      `--customize-hook=copy-out /boot ${folder}`,
      // Without what mmdebstrap has mounted below it, such as /proc.
      `--customize-hook=cp -ax "$1" "${tree}" && mkfs.ext4 -q -F -d "${tree}" "${join(folder, 'root.img')}" 8G && rm -r "${tree}"`,
      'trixie',
      '/dev/null',
      mirror,
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  for (const name of await readdir(join(folder, 'boot'))) {
    if (name.startsWith('vmlinuz-')) await rename(join(folder, 'boot', name), join(folder, 'vmlinuz'));
    if (name.startsWith('initrd.img-')) await rename(join(folder, 'boot', name), join(folder, 'initrd.img'));
  }
  await writeFile(keysPath, JSON.stringify(keys), { mode: 0o600 });
  return guest(keys);
}

/** Boots the stock guest, lets `use` look at it once Docker has answered on the host, and ends it. */
export async function bootStockGuest<T>(
  guest: StockGuest,
  options: {
    binary: string;
    cpu: string;
    machine: string;
    cpus: number;
    memoryMiB: number;
    sshPort: number;
    signal: AbortSignal;
    /** `bootMs`: from spawning QEMU to Docker's answer. */
    use: (booted: { bootMs: number; pid: number }) => Promise<T>;
  },
): Promise<T> {
  const started = performance.now();
  const qemu = execa(options.binary, [
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-snapshot'],
    ...['-machine', options.machine, '-accel', 'tcg,thread=multi', '-cpu', options.cpu],
    ...['-smp', String(options.cpus), '-m', String(options.memoryMiB)],
    ...['-kernel', guest.kernel, '-initrd', guest.initrd, '-append', 'root=/dev/vda rw console=ttyS0 quiet'],
    ...['-drive', `file=${guest.disk},format=raw,if=virtio`],
    ...[
      '-netdev',
      `user,id=net0,hostfwd=tcp:127.0.0.1:${options.sshPort}-:22`,
      '-device',
      'virtio-net-pci,netdev=net0',
    ],
    ...['-device', 'virtio-rng-pci', '-serial', 'null'],
  ]);
  qemu.catch(() => undefined);
  try {
    await dockerAnswers(guest.keys, options.sshPort, options.signal);
    const bootMs = performance.now() - started;
    if (qemu.pid === undefined) throw new Error('the stock guest has ended');
    return await options.use({ bootMs, pid: qemu.pid });
  } finally {
    qemu.kill('SIGKILL');
    await qemu.catch(() => undefined);
  }
}

/** Polls as the product does: SSH, then `/_ping` through a forward of the guest's socket. */
async function dockerAnswers(keys: VmKeys, port: number, signal: AbortSignal): Promise<void> {
  const connector = createGuestConnector();
  for (;;) {
    signal.throwIfAborted();
    try {
      const link = await connector.connect({ port, keys, signal });
      try {
        while (!link.signal.aborted) {
          const stream = await link.connectUnix('/run/docker.sock').catch(() => null);
          if (stream) {
            stream.end('GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n');
            let answer = '';
            for await (const chunk of stream) answer += String(chunk);
            if (answer.includes('200 OK')) return;
          }
          await sleep(200, signal);
        }
      } finally {
        await link.close();
      }
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      await sleep(300, signal);
    }
  }
}
