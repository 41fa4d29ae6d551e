import { expect, test } from 'vitest';
import { BootTimeline } from './boot-timeline.ts';

const never = new AbortController().signal;

test('the first time a stage is reached counts, in milliseconds since the spawn', () => {
  const timeline = new BootTimeline(1_000);
  timeline.reach('kernel', 1_400);
  timeline.reach('kernel', 9_000);
  expect(timeline.stages.find((stage) => stage.id === 'kernel')).toEqual({
    id: 'kernel',
    atMs: 400,
    problem: null,
  });
});

test('what is next is the first missing one in the expected order, whatever came out of turn', () => {
  const timeline = new BootTimeline(0);
  timeline.reach('qemu');
  timeline.reach('kernel');
  timeline.reach('disks');
  expect(timeline.next?.id).toBe('init');
  timeline.reach('init');
  expect(timeline.next?.id).toBe('network');
});

test('a problem is over when its stage is reached after all', () => {
  const timeline = new BootTimeline(0);
  timeline.note('dockerd', 'ended with exit code 1, starting it again');
  expect(timeline.stages.find((stage) => stage.id === 'dockerd')?.problem).toContain('exit code 1');
  timeline.reach('dockerd');
  expect(timeline.stages.find((stage) => stage.id === 'dockerd')?.problem).toBeNull();
});

test('waiting for a stage ends when it comes or is cancelled', async () => {
  const timeline = new BootTimeline(0);
  const waiting = timeline.whenReached('sshd', never);
  timeline.reach('network');
  timeline.reach('sshd');
  await waiting;
  await timeline.whenReached('sshd', never);
  const cancelling = new AbortController();
  const cancelled = timeline.whenReached('docker', cancelling.signal);
  cancelling.abort(new Error('stop pressed'));
  await expect(cancelled).rejects.toThrow('stop pressed');
});
