import type { Accelerator } from '../../contract/records.ts';
import { lastLines } from '../base/last-lines.ts';
import { tailLines } from '../base/tail-lines.ts';
import { consoleFact } from '../vm/console-line.ts';
import type { Machine } from '../vm/ports.ts';
import { exitWords } from './exit-words.ts';

/**
 * How long the serial console may stay silent before the accelerator counts as not working. Hardware brings a kernel
 * to its first line in well under a second, a nested hypervisor in a few; emulation needs 4 to 7 s to init on two
 * cores and much longer on a busy host.
 */
const longestSilenceMs: Readonly<Record<Accelerator, number>> = { kvm: 8_000, hvf: 8_000, tcg: 60_000 };

/** A line is shown to the person within this time, and a trial that works is over no later than this. */
const pollIntervalMs = 50;

/** Lines searched for the guest's words after QEMU has ended: a panic writes some fifty behind them. */
const reasonLines = 200;

export interface Proof {
  readonly works: boolean;
  /** Plain words for AcceleratorTrial.why. */
  readonly why: string;
  /** QEMU ended: what it ran crashed, or QEMU itself. */
  readonly ended: boolean;
}

/**
 * Waits for the guest's init on the serial console. A device that opens, a QEMU that runs and even firmware that
 * prints prove nothing: on a nested host KVM was seen to run SeaBIOS and then hang in the kernel. Only the guest's own
 * user space does. The trial costs nothing when it succeeds, because it is the boot.
 */
export async function awaitGuestInit(options: {
  machine: Machine;
  consolePath: string;
  signal: AbortSignal;
  silenceMs?: number;
}): Promise<Proof> {
  const { machine, consolePath, signal } = options;
  const silenceMs = options.silenceMs ?? longestSilenceMs[machine.accelerator];
  const over = new AbortController();
  let problem = '';
  const fail = (why: string): void => {
    problem ||= why;
    over.abort();
  };
  let lastKernelLine: string | undefined;
  const silent = (): string =>
    lastKernelLine === undefined
      ? `no kernel output within ${silenceMs / 1_000} s`
      : `the kernel fell silent for ${silenceMs / 1_000} s after "${lastKernelLine.slice(0, 80)}"`;
  const watchdog = setTimeout(() => fail(silent()), silenceMs);
  const stopListening = machine.onPause((pause) => {
    if (pause?.reason === 'other') fail(pause.detail);
  });
  let ended = false;
  void machine.exited.then((exit) => {
    ended = true;
    fail(exitWords(exit));
  });
  if (machine.pause?.reason === 'other') fail(machine.pause.detail);
  try {
    const until = AbortSignal.any([signal, over.signal]);
    for await (const line of tailLines(consolePath, { signal: until, intervalMs: pollIntervalMs })) {
      watchdog.refresh();
      const fact = consoleFact(line);
      if (fact?.kind === 'stage') return proved(machine);
      if (fact?.kind === 'kernel') lastKernelLine = line;
    }
    signal.throwIfAborted();
    // A guest that ends quickly has often spoken before it was listened to; its end is the boot's affair then.
    const lines = await lastLines(consolePath, reasonLines);
    if (lines.some((line) => consoleFact(line)?.kind === 'stage')) return proved(machine);
    return { works: false, why: problem, ended };
  } finally {
    clearTimeout(watchdog);
    stopListening();
  }
}

function proved(machine: Machine): Proof {
  const seconds = (Date.now() - machine.spawnedAt) / 1_000;
  return { works: true, why: `the guest was up ${seconds.toFixed(1)} s after its start`, ended: false };
}
