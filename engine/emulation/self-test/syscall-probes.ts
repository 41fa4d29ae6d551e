import type { Arch } from '../../../contract/arch.ts';
import { syscallNumber } from '../syscalls/syscall-name.ts';

interface Probe {
  readonly name: string;
  /** What a person loses without it; null where libraries do without and nobody notices. */
  readonly loss: string | null;
}

/**
 * System calls worth knowing about before a program does. With arguments of -1 each of them fails without doing
 * anything. Those which people miss come first, in the order in which they are told.
 */
const probes: readonly Probe[] = [
  { name: 'ptrace', loss: 'strace and gdb will not work' },
  { name: 'io_uring_setup', loss: 'programs that insist on io_uring will not start' },
  {
    name: 'io_setup',
    loss: "MySQL and MariaDB need innodb_use_native_aio=0, and Oracle's database will not work",
  },
  { name: 'seccomp', loss: 'programs that sandbox themselves with seccomp will refuse or run without it' },
  { name: 'bpf', loss: 'eBPF tools will not work' },
  { name: 'perf_event_open', loss: 'perf will not work' },
  { name: 'fanotify_init', loss: 'file watchers that use fanotify will not work' },
  { name: 'inotify_init1', loss: 'file watchers will not work: let them poll' },
  { name: 'userfaultfd', loss: 'programs that use userfaultfd will not work' },
  { name: 'keyctl', loss: "the kernel's keyrings will not work" },
  { name: 'landlock_create_ruleset', loss: 'programs cannot sandbox themselves with Landlock' },
  { name: 'process_vm_readv', loss: "debuggers cannot read another program's memory" },
  { name: 'set_mempolicy', loss: 'numactl will not work' },
  { name: 'mount_setattr', loss: 'newer mount commands may fail inside' },
  { name: 'fsopen', loss: 'newer mount commands may fail inside' },
  { name: 'open_tree', loss: 'newer mount commands may fail inside' },
  { name: 'move_mount', loss: null },
  { name: 'clone3', loss: null },
  { name: 'rseq', loss: null },
  { name: 'set_robust_list', loss: null },
  { name: 'futex_waitv', loss: null },
  { name: 'process_madvise', loss: null },
  { name: 'add_key', loss: null },
  { name: 'mbind', loss: null },
  { name: 'get_mempolicy', loss: null },
  { name: 'mseal', loss: null },
  { name: 'pkey_alloc', loss: null },
  { name: 'openat2', loss: null },
  { name: 'execveat', loss: null },
  { name: 'epoll_pwait2', loss: null },
  { name: 'mlock2', loss: null },
  { name: 'preadv2', loss: null },
  { name: 'fchmodat2', loss: null },
  { name: 'faccessat2', loss: null },
  { name: 'statx', loss: null },
  { name: 'copy_file_range', loss: null },
  { name: 'renameat2', loss: null },
  { name: 'close_range', loss: null },
  { name: 'membarrier', loss: null },
  { name: 'getrandom', loss: null },
  { name: 'memfd_create', loss: null },
  { name: 'pidfd_open', loss: null },
  { name: 'pidfd_getfd', loss: null },
  { name: 'pidfd_send_signal', loss: null },
  { name: 'epoll_create1', loss: null },
  { name: 'eventfd2', loss: null },
  { name: 'signalfd4', loss: null },
  { name: 'timerfd_create', loss: null },
  { name: 'timer_create', loss: null },
  { name: 'splice', loss: null },
  { name: 'vmsplice', loss: null },
  { name: 'fallocate', loss: null },
  { name: 'sync_file_range', loss: null },
  { name: 'name_to_handle_at', loss: null },
  { name: 'setns', loss: null },
  { name: 'unshare', loss: null },
  { name: 'sched_setattr', loss: null },
  { name: 'sched_getaffinity', loss: null },
  { name: 'mq_open', loss: null },
  { name: 'kcmp', loss: null },
  { name: 'prlimit64', loss: null },
  { name: 'accept4', loss: null },
  { name: 'recvmmsg', loss: null },
  { name: 'sendmmsg', loss: null },
  { name: 'io_pgetevents', loss: null },
  { name: 'migrate_pages', loss: null },
  { name: 'cachestat', loss: null },
];

/** The names probed for an architecture, in the order of the results: without those it never had. */
export function probedSyscalls(arch: Arch): readonly string[] {
  return probes.map(({ name }) => name).filter((name) => syscallNumber(arch, name) !== null);
}

/** So many losses are told in full; of the others only which calls they are. */
const toldInFull = 3;

/** What a person loses without these calls, "strace and gdb will not work: ptrace"; null when nothing. */
export function lossWords(missing: readonly string[]): string | null {
  const byLoss = new Map<string, string[]>();
  for (const { name, loss } of probes) {
    if (loss !== null && missing.includes(name)) byLoss.set(loss, [...(byLoss.get(loss) ?? []), name]);
  }
  if (byLoss.size === 0) return null;
  const losses = [...byLoss];
  const told = losses.slice(0, toldInFull).map(([loss, names]) => `${loss}: ${names.join(', ')}`);
  const others = losses.slice(toldInFull).flatMap(([, names]) => names);
  return [...told, ...(others.length > 0 ? [`less often missed: ${others.join(', ')}`] : [])].join('; ');
}
