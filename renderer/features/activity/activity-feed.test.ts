import { expect, it } from 'vitest';
import type { ActivityEntry } from '../../../contract/activity.ts';
import type { Job } from '../../../contract/records.ts';
import { type ActivityFilter, activityFeed } from './activity-feed.ts';
import { entryHref, jobHref } from './activity-links.ts';

function job(id: string, change: Partial<Job>): Job {
  return {
    id,
    kind: 'docker-image',
    title: `Image ${id}`,
    state: 'done',
    phase: '',
    progress: null,
    startedAt: 0,
    finishedAt: null,
    error: null,
    ...change,
  };
}

function event(id: number, change: Partial<Extract<ActivityEntry, { kind: 'docker' }>> = {}): ActivityEntry {
  return {
    kind: 'docker',
    id,
    vm: 'service',
    at: id * 10,
    type: 'container',
    action: 'start',
    subject: 'abc',
    name: 'web',
    note: 'of nginx',
    ...change,
  };
}

const verdict: ActivityEntry = {
  kind: 'doctor',
  id: 3,
  vm: 'service',
  at: 30,
  subject: 'def',
  name: 'queue',
  rule: 'no-handler',
  title: 'arm64 programs do not run in this VM',
};
const entries = [verdict, event(2), event(1, { type: 'volume', subject: 'data', name: 'data', note: '' })];
const jobs = [job('old', { startedAt: 25 }), job('now', { startedAt: 5, state: 'running' })];
const keys = (filter: ActivityFilter, search = ''): string[] =>
  activityFeed({ jobs, entries, filter, search }).map(({ key }) => key);

it('shows what is under way first, then the newest', () => {
  expect(keys('all')).toEqual(['job now', 'entry 3', 'job old', 'entry 2', 'entry 1']);
});

it('filters by kind and by words', () => {
  expect(keys('jobs')).toEqual(['job now', 'job old']);
  expect(keys('docker')).toEqual(['entry 2', 'entry 1']);
  expect(keys('doctor')).toEqual(['entry 3']);
  expect(keys('all', 'NGINX start')).toEqual(['entry 2']);
  expect(keys('all', 'running')).toEqual(['job now']);
});

it('leads to what an entry is about, and nowhere when that is gone', () => {
  expect(entryHref(verdict)).toBe('#/containers/def');
  expect(entryHref(event(1, { type: 'volume', subject: 'data' }))).toBe('#/volumes/data');
  expect(entryHref(event(1, { type: 'network', subject: 'n1' }))).toBe('#/networks/n1');
  expect(entryHref(event(1, { action: 'destroy' }))).toBeUndefined();
  expect(entryHref(event(1, { type: 'volume', subject: '../../evil' }))).toBe('#/volumes');
  expect(entryHref(event(1, { type: 'plugin' }))).toBeUndefined();
  expect(jobHref(job('a', { kind: 'emulator' }))).toBe('#/emulation');
});
