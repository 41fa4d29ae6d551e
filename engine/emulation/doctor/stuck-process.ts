/** What the running watch asks the guest about one container, by its main process. */
export interface GuestLook {
  /** The signal it died of without ending; null when it has not. */
  readonly stuckSignal: number | null;
  /** Processor time of all its processes so far, by its control group; null when unknown. */
  readonly cpuMs: number | null;
}

/**
 * Prints the guest's clock and, for each pid that is there, its signal masks and its control group's processor time.
 * Source: proc_pid_status(5), Documentation/admin-guide/cgroup-v2.rst (cpu.stat).
 */
export const lookScript = `
date +%s
for pid; do
  echo "pid $pid"
  grep -E '^Sig(Blk|Ign|Cgt):' "/proc/$pid/status" 2>/dev/null
  group=$(sed -n 's/^0:://p' "/proc/$pid/cgroup" 2>/dev/null)
  [ -n "$group" ] && grep '^usage_usec ' "/sys/fs/cgroup$group/cpu.stat" 2>/dev/null
done
exit 0`;

export interface GuestLooks {
  /** The guest's clock, epoch milliseconds. */
  readonly at: number;
  readonly byPid: ReadonlyMap<number, GuestLook>;
}

/** Reads what `lookScript` printed. */
export function readLooks(text: string): GuestLooks {
  const [clock = '', ...sections] = text.split(/^pid /m);
  const looks = sections.map((section): [number, GuestLook] => {
    const value = (label: string): string | undefined =>
      new RegExp(`^${label}[:\\s]+([0-9a-f]+)$`, 'm').exec(section)?.[1];
    const usage = value('usage_usec');
    return [
      Number.parseInt(section, 10),
      {
        stuckSignal: stuckSignalOf({
          blocked: value('SigBlk'),
          ignored: value('SigIgn'),
          caught: value('SigCgt'),
        }),
        cpuMs: usage === undefined ? null : Number(usage) / 1_000,
      },
    ];
  });
  return { at: Number(clock) * 1_000, byPid: new Map(looks) };
}

/** Signals a process cannot block, and those which glibc keeps for itself (sigfillset leaves them out). */
const neverBlocked = [9, 19, 32, 33];

/** Signals are counted from 1; bit 0 of a mask is signal 1. */
const signalCount = 64;

/**
 * When a program crashes, qemu-user blocks every signal but that one, takes its handler away, sends it to itself and
 * waits for the end (die_with_signal in linux-user/signal.c). As process 1 of a container it waits for ever: the kernel
 * keeps from such a process what it does not handle. Its masks say which signal it was, whatever the log says. Seen with
 * QEMU 10.0.13: `docker run` of a program that crashes hangs; with `--init` it ends with 139.
 */
function stuckSignalOf(masks: Record<'blocked' | 'ignored' | 'caught', string | undefined>): number | null {
  if (masks.blocked === undefined || masks.ignored === undefined || masks.caught === undefined) return null;
  const blocked = BigInt(`0x${masks.blocked}`);
  const handled = BigInt(`0x${masks.ignored}`) | BigInt(`0x${masks.caught}`);
  const waitedFor: number[] = [];
  for (let signal = 1; signal <= signalCount; signal += 1) {
    if (!hasSignal(blocked, signal) && !neverBlocked.includes(signal)) waitedFor.push(signal);
  }
  const [only] = waitedFor;
  return only !== undefined && waitedFor.length === 1 && !hasSignal(handled, only) ? only : null;
}

function hasSignal(mask: bigint, signal: number): boolean {
  return ((mask >> BigInt(signal - 1)) & 1n) === 1n;
}
