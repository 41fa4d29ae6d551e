import { expect, it } from 'vitest';
import { bootSteps, isResume } from './boot-steps.ts';

const stage = (
  id: 'qemu' | 'kernel' | 'sshd' | 'dockerd',
  atMs: number | null,
  problem: string | null = null,
) => ({
  id,
  atMs,
  problem,
});

it('draws a step from the latest stage reached before it, whatever their order', () => {
  const steps = bootSteps({
    state: 'starting',
    boot: {
      startedAt: 0,
      stages: [stage('qemu', 100), stage('kernel', 2_000), stage('dockerd', 9_000), stage('sshd', 5_000)],
    },
  });
  expect(steps.map((step) => [step.startMs, step.endMs])).toEqual([
    [0, 100],
    [100, 2_000],
    [5_000, 9_000],
    [2_000, 5_000],
  ]);
});

it('marks the first stage not reached as under way, but only while starting', () => {
  const boot = { startedAt: 0, stages: [stage('qemu', 100), stage('kernel', null), stage('sshd', null)] };
  expect(bootSteps({ state: 'starting', boot }).map((step) => step.state)).toEqual([
    'done',
    'now',
    'waiting',
  ]);
  expect(bootSteps({ state: 'stopped', boot }).map((step) => step.state)).toEqual([
    'done',
    'waiting',
    'waiting',
  ]);
});

it('shows a failed stage as failed, and then nothing as under way', () => {
  const boot = {
    startedAt: 0,
    stages: [stage('qemu', 100), stage('kernel', null, 'panic'), stage('sshd', null)],
  };
  expect(bootSteps({ state: 'starting', boot }).map((step) => step.state)).toEqual([
    'done',
    'failed',
    'waiting',
  ]);
});

it('tells a resume from a boot', () => {
  expect(isResume({ startedAt: 1, stages: [stage('qemu', 1), stage('dockerd', 2)] })).toBe(true);
  expect(isResume({ startedAt: 1, stages: [stage('qemu', 1), stage('kernel', null)] })).toBe(false);
  expect(isResume({ startedAt: null, stages: [] })).toBe(false);
});
