/*
 * Which of the probed calls QEMU's user emulation answers with "Function not implemented", whatever the kernel has:
 * measured with Debian's QEMU 10.0.13 and 11.1.3, the same on all nine architectures.
 */
const missing: readonly { name: string; until: number | null }[] = [
  ...[
    'ptrace',
    'io_uring_setup',
    'io_setup',
    'io_pgetevents',
    'seccomp',
    'bpf',
    'perf_event_open',
    'fanotify_init',
    'userfaultfd',
    'add_key',
    'keyctl',
    'landlock_create_ruleset',
    'process_vm_readv',
    'process_madvise',
    'mbind',
    'set_mempolicy',
    'get_mempolicy',
    'migrate_pages',
    'mseal',
    'pkey_alloc',
    'clone3',
    'rseq',
    'set_robust_list',
    'futex_waitv',
    'cachestat',
  ].map((name) => ({ name, until: null })),
  { name: 'epoll_pwait2', until: 11 },
  { name: 'mlock2', until: 11 },
];

/** The major versions measured: nothing is expected of others. */
const measured: readonly number[] = [10, 11];

/** Null for a version that was not measured. `version`: as QEMU counts, `10.0.13`. */
export function expectedMissing(version: string): ReadonlySet<string> | null {
  const major = Number(version.split('.')[0]);
  if (!measured.includes(major)) return null;
  return new Set(missing.filter(({ until }) => until === null || major < until).map(({ name }) => name));
}
