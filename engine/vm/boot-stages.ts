import type { BootStageId } from '../../contract/records.ts';

export interface BootStageRule {
  /** What the stage means, for "the guest did not get as far as ...". */
  readonly title: string;
  /**
   * Patience after the stage before, in an emulated guest on two busy cores: five to ten times what was measured there,
   * since a boot that is given up costs more than one that is waited for.
   */
  readonly emulatedMs: number;
  readonly hint: string;
}

/** A guest on real hardware needs a fifth of the time; nested ones and cold disks are slower than that. */
const hardwareShare = 0.4;

/** What each stage of a boot stands for, how long it may take and what to do when it does not come. */
export const bootStages: Readonly<Record<BootStageId, BootStageRule>> = {
  qemu: { title: "QEMU's start", emulatedMs: 30_000, hint: 'Start the VM again.' },
  kernel: {
    title: "the kernel's first line",
    emulatedMs: 60_000,
    hint: 'Set the accelerator to "tcg" in the settings and start the VM again.',
  },
  init: {
    title: "the guest's init",
    emulatedMs: 60_000,
    hint: 'Start the VM again; if it stays, build the guest image anew.',
  },
  disks: {
    title: 'mounted disks',
    emulatedMs: 90_000,
    hint: 'The data disk may need repair: the console output says what its file system check found.',
  },
  network: { title: 'a network', emulatedMs: 45_000, hint: 'Start the VM again.' },
  sshd: { title: 'the SSH server', emulatedMs: 45_000, hint: 'Start the VM again.' },
  containerd: {
    title: 'containerd',
    emulatedMs: 60_000,
    hint: 'Start the VM again; the console output says why containerd did not come up.',
  },
  dockerd: {
    title: 'the Docker daemon',
    emulatedMs: 90_000,
    hint: 'Open a shell in the VM; /var/log/dockerd.log there says what Docker waits for.',
  },
  ssh: {
    title: 'an SSH connection',
    emulatedMs: 60_000,
    hint: 'A firewall on this machine may block connections to 127.0.0.1. Start the VM again.',
  },
  docker: {
    title: "Docker's answer on the host",
    emulatedMs: 90_000,
    hint: 'Open a shell in the VM; /var/log/dockerd.log there says what Docker waits for.',
  },
  emulators: {
    title: 'restored emulators',
    emulatedMs: 120_000,
    hint: 'Switch the emulators off and on again.',
  },
};

/** How long stage `id` may take after the one before it. */
export function patienceMs(id: BootStageId, emulated: boolean): number {
  return Math.round(bootStages[id].emulatedMs * (emulated ? 1 : hardwareShare));
}
