import { expect, it } from 'vitest';
import type { ContainerEvidence, ContainerFacts } from './ports.ts';
import { RunningWatch } from './running-watch.ts';

const hourMs = 3_600_000;
const startedAt = 1_000 * hourMs;
const signal = new AbortController().signal;

const facts: ContainerFacts = {
  id: 'one',
  name: 'build',
  image: 'fedora:41',
  state: 'running',
  exitCode: null,
  oomKilled: false,
  error: '',
  argv: ['dnf', 'install'],
  environment: {},
  tty: false,
  startedAt,
  finishedAt: null,
  pid: 700,
  autoRemove: false,
};

/** A guest whose container has used so much of its processor at each look. */
function watchOf(options: { lastOutputAt: number | null }) {
  const guest = { hours: 0, cpuHours: 0, commands: 0, logsRead: 0 };
  const evidence: ContainerEvidence = {
    facts: async () => facts,
    lastLines: async () => [],
    lastOutputAt: async () => {
      guest.logsRead += 1;
      return options.lastOutputAt;
    },
  };
  const link = {
    exec: async () => {
      guest.commands += 1;
      const seconds = (startedAt + guest.hours * hourMs) / 1_000;
      const usage = guest.cpuHours * hourMs * 1_000;
      const masks = 'SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\nSigCgt:\t0000000000000000\n';
      return { code: 0, stderr: '', stdout: `${seconds}\npid 700\n${masks}usage_usec ${usage}\n` };
    },
  };
  const watch = new RunningWatch({ evidence, link });
  const look = async (hours: number, cpuHours: number) => {
    Object.assign(guest, { hours, cpuHours });
    return await watch.look(['one'], signal);
  };
  return { guest, watch, look };
}

it('finds a container that is busy for hours without a word', async () => {
  const { look, guest } = watchOf({ lastOutputAt: startedAt + 0.1 * hourMs });
  expect(await look(0, 0)).toEqual([]);
  expect(await look(1, 0.9)).toEqual([]);
  expect(guest.logsRead).toBe(0);
  const [finding] = await look(3, 2.8);
  expect(finding).toMatchObject({ kind: 'silent', container: 'one', silentMs: 2.9 * hourMs });
});

it('leaves those alone that print, or that wait', async () => {
  const printing = watchOf({ lastOutputAt: startedAt + 2.5 * hourMs });
  await printing.look(0, 0);
  await printing.look(1, 0.9);
  expect(await printing.look(3, 2.8)).toEqual([]);
  const waiting = watchOf({ lastOutputAt: null });
  await waiting.look(0, 0);
  await waiting.look(2, 0.1);
  expect(await waiting.look(5, 0.2)).toEqual([]);
  expect(waiting.guest.logsRead).toBe(0);
});

it('asks the guest nothing when no container is worth a look', async () => {
  const { watch, guest } = watchOf({ lastOutputAt: null });
  expect(await watch.look([], signal)).toEqual([]);
  expect(guest.commands).toBe(0);
});
