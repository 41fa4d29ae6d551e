/**
 * What the guest's kernel is told, by the serial console it has. Source of all names: the kernel's
 * Documentation/admin-guide/kernel-parameters.rst.
 */
export function kernelCommandLine(options: { console: string; emulated: boolean }): string {
  return [
    `console=${options.console}`,
    // The first words come before the serial driver is up: the engine waits for them to prove an accelerator.
    options.console === 'ttyS0' ? 'earlyprintk=serial,ttyS0' : 'earlycon',
    // "Linux version" and warnings are told; one line a device is not, since an emulated serial line is slow.
    'loglevel=6',
    // QEMU runs with -no-reboot, so a panic ends it and the engine sees it at once.
    'panic=-1',
    // Container memory is limited by cgroups; accounting swap costs nothing where there is none.
    'cgroup_no_v1=all',
    // Nothing in the guest loads profiles, and VMs, not profiles, keep guest and host apart: without the others' hooks
    // in each open and exec. Programs confine themselves by landlock.
    'lsm=landlock,yama,bpf',
    'audit=0',
    // Setting up network namespaces waits for RCU grace periods; expedited ones cost interrupts, not milliseconds.
    'rcupdate.rcu_expedited=1',
    ...(options.emulated
      ? [
          // No speculation happens in an emulated CPU, while page table isolation and retpolines cost a fifth of it.
          'mitigations=off',
          // Clearing memory before it is handed out covers for mistakes of the kernel; here it costs more than most of
          // what the memory is then used for, every page of a file read from disk included.
          'init_on_alloc=0',
          // Self-tests of ciphers which ran in every other boot of this kernel, and of a random source in the timing of
          // a processor that is not there; virtio_rng brings the host's randomness.
          'cryptomgr.notests',
          'initcall_blacklist=jent_mod_init',
          // Host scheduling makes an emulated timer look broken; the check then panics (IO-APIC + timer doesn't work).
          'no_timer_check',
        ]
      : []),
  ].join(' ');
}
