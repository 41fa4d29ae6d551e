import { ListChecks } from 'lucide-react';
import { useState } from 'react';
import { useJobs } from '../../state/hooks.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { NothingFound } from '../../ui/nothing-found.tsx';
import { Page } from '../../ui/page.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { useNow } from '../../ui/use-now.ts';
import { VirtualList } from '../../ui/virtual-list.tsx';
import { type ActivityFilter, activityFeed, type FeedItem } from './activity-feed.ts';
import { EntryRow } from './entry-row.tsx';
import { JobRow } from './job-row.tsx';
import { useActivity } from './use-activity.ts';

const ageTickMs = 10_000;

/** One line, as most rows are. */
const rowPx = 37;

const filters: readonly { value: ActivityFilter; label: string }[] = [
  { value: 'all', label: 'All' },
  { value: 'jobs', label: 'Jobs' },
  { value: 'docker', label: 'Docker' },
  { value: 'doctor', label: 'Doctor' },
];

/** Everything that takes a while and everything that happened, newest first. */
export function ActivityPage() {
  const jobs = useJobs();
  const entries = useActivity();
  const [filter, setFilter] = useState<ActivityFilter>('all');
  const [search, setSearch] = useState('');
  const now = useNow(ageTickMs);
  const items = activityFeed({ jobs, entries, filter, search });
  const any = jobs.length > 0 || entries.length > 0;
  return (
    <Page
      title="Activity"
      note="Work that takes a while, what Docker says, and the doctor’s verdicts"
      actions={
        any ? (
          <>
            <SearchField label="Search activity" value={search} onChange={setSearch} />
            <Segmented label="Show" value={filter} options={filters} onChange={setFilter} />
          </>
        ) : undefined
      }
    >
      {items.length > 0 ? (
        <VirtualList<FeedItem> label="Activity" items={items} keyOf={(item) => item.key} rowPx={rowPx}>
          {(item) =>
            item.kind === 'job' ? (
              <JobRow job={item.job} now={now} />
            ) : (
              <EntryRow entry={item.entry} now={now} />
            )
          }
        </VirtualList>
      ) : any ? (
        <NothingFound
          title="Nothing like that has been going on"
          reason="Nothing that is remembered fits the filter and the search."
          onAll={() => {
            setFilter('all');
            setSearch('');
          }}
        />
      ) : (
        <EmptyState icon={<ListChecks />} title="Nothing has been going on">
          <p>
            Composing the guest image, fetching an emulator, pulling and pruning show up here, with their
            progress and their errors; so does all that containers, images, volumes and networks go through.
          </p>
        </EmptyState>
      )}
    </Page>
  );
}
