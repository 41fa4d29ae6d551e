import type { ActivityEntry } from '../../../contract/activity.ts';
import type { Job } from '../../../contract/records.ts';
import { matchesWords } from '../../ui/text/matches-words.ts';

export type ActivityFilter = 'all' | 'jobs' | 'docker' | 'doctor';

/** A row of the feed; `at` is when it began. */
export type FeedItem =
  | { kind: 'job'; key: string; at: number; job: Job }
  | { kind: 'entry'; key: string; at: number; entry: ActivityEntry };

/** Jobs and events in one: jobs under way first, then the newest. `entries` come newest first. */
export function activityFeed(options: {
  jobs: readonly Job[];
  entries: readonly ActivityEntry[];
  filter: ActivityFilter;
  search: string;
}): FeedItem[] {
  const { filter, search } = options;
  const jobs = filter === 'all' || filter === 'jobs' ? options.jobs : [];
  const entries = options.entries.filter((entry) => filter === 'all' || filterOf[entry.kind] === filter);
  const items: FeedItem[] = [
    ...jobs
      .filter((job) => matchesWords(jobText(job), search))
      .map((job): FeedItem => ({ kind: 'job', key: `job ${job.id}`, at: job.startedAt, job })),
    ...entries
      .filter((entry) => matchesWords(entryText(entry), search))
      .map((entry): FeedItem => ({ kind: 'entry', key: `entry ${entry.id}`, at: entry.at, entry })),
  ];
  const first = (item: FeedItem): number => (item.kind === 'job' && item.job.state === 'running' ? 0 : 1);
  // A stable sort: entries of the same millisecond stay in their order.
  return items.sort((a, b) => first(a) - first(b) || b.at - a.at);
}

/** Refused by Docker, as far as a person sees. */
const filterOf: Readonly<Record<ActivityEntry['kind'], ActivityFilter>> = {
  docker: 'docker',
  doctor: 'doctor',
  'refused-mount': 'docker',
};

function jobText({ title, state, error }: Job): string {
  return `${title} ${state} ${error?.message ?? ''}`;
}

function entryText(entry: ActivityEntry): string {
  if (entry.kind === 'doctor') return `doctor ${entry.name} ${entry.title}`;
  if (entry.kind === 'refused-mount') return ['refused', entry.name, entry.image, ...entry.paths].join(' ');
  const { type, action, name, note, subject } = entry;
  return [type, action, name, note, subject].join(' ');
}
