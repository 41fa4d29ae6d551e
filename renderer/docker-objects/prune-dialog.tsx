import { useEffect, useState } from 'react';
import type { Pruned, PrunePlan, PruneTarget } from '../../contract/prune.ts';
import { useDockerUnavailable } from '../state/hooks.ts';
import { useCall } from '../state/use-call.ts';
import { useJobRun } from '../state/use-job-run.ts';
import { Button } from '../ui/button.tsx';
import { Choice } from '../ui/choice.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { formatBytes } from '../ui/text/bytes.ts';
import { Untrusted } from '../ui/untrusted.tsx';
import { JobRunProgress } from '../vocabulary/job-run-progress.tsx';
import { FailedReading } from './failed-reading.tsx';
import { pruneWords } from './prune-words.ts';
import { WaitingLine } from './waiting-line.tsx';

/** As many as one reads; the rest is counted. */
const shownItems = 200;

export interface PruneDialogProps {
  vm: string;
  /** What there is to choose from; the first is chosen. */
  targets: readonly [PruneTarget, ...PruneTarget[]];
  onClose: () => void;
}

/** Shows what pruning would take away and how many bytes that frees, then does it. Mounted while open. */
export function PruneDialog({ vm, targets, onClose }: PruneDialogProps) {
  const [target, setTarget] = useState<PruneTarget>(targets[0]);
  const [pruned, setPruned] = useState<Pruned | null>(null);
  const asked = useCall((client, signal) => client.prune.plan({ vm, target }, { signal }));
  const run = useJobRun(['prune']);
  const unavailable = useDockerUnavailable(vm);
  const { start } = asked;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another target is another plan
  useEffect(start, [start, target]);
  const words = pruneWords[target];
  const plan = asked.value?.target === target && asked.since === null ? asked.value : null;
  const go = async (): Promise<void> => {
    if (!plan) return;
    const ids = target === 'build-cache' ? [] : plan.items.map((item) => item.id);
    const done = await run.run(`prune:${vm}:${target}`, (client) => client.prune.run({ vm, target, ids }));
    if (done) setPruned(done);
    else start();
  };
  return (
    <Dialog
      open
      title={`Prune ${words.things}`}
      note={words.note}
      onClose={onClose}
      footer={
        <>
          {run.busy ? (
            <Button
              onClick={() => run.cancel?.()}
              unavailable={run.cancel ? undefined : 'It is only just beginning'}
            >
              Cancel
            </Button>
          ) : null}
          <Button onClick={onClose}>{run.busy ? 'Go on in the background' : 'Close'}</Button>
          {pruned ? null : (
            <Button
              kind="danger"
              busy={run.busy}
              unavailable={unavailable ?? whyNot(plan)}
              onClick={() => void go()}
            >
              {plan && plan.items.length > 0 ? `Remove ${removal(plan)}` : 'Remove'}
            </Button>
          )}
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {targets.length > 1 && !pruned && !run.busy ? (
          <Choice
            label="What goes"
            value={target}
            options={targets.map((value) => ({
              value,
              label: pruneWords[value].choice,
              note: pruneWords[value].choiceNote,
            }))}
            onChange={setTarget}
          />
        ) : null}
        {pruned ? (
          <Outcome pruned={pruned} target={target} />
        ) : asked.since !== null ? (
          <WaitingLine label={words.measuring} since={asked.since} />
        ) : asked.error ? (
          <FailedReading error={asked.error} busy={false} onRetry={start} />
        ) : plan ? (
          <Items plan={plan} />
        ) : null}
        <JobRunProgress run={run} label={`Removing ${words.things}`} />
      </div>
    </Dialog>
  );
}

function whyNot(plan: PrunePlan | null): string | undefined {
  if (!plan) return 'First it has to be known what would go';
  return plan.items.length === 0 ? 'There is nothing to remove' : undefined;
}

function removal({ items, bytes, target }: PrunePlan): string {
  const { one, many } = pruneWords[target];
  const count = `${items.length} ${items.length === 1 ? one : many}`;
  return bytes > 0 ? `${count}, ${formatBytes(bytes)}` : count;
}

function Items({ plan }: { plan: PrunePlan }) {
  const words = pruneWords[plan.target];
  if (plan.items.length === 0) return <p className="py-4 text-center text-muted">{words.nothing}</p>;
  const shown = plan.items.slice(0, shownItems);
  return (
    <div className="flex flex-col gap-2">
      <p>{words.warning}</p>
      <ul
        aria-label="What would go"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        className="max-h-64 divide-y divide-line overflow-y-auto rounded-md border border-line bg-sunken"
      >
        {shown.map((item) => (
          <li key={item.id} className="flex items-baseline gap-4 px-3 py-1.5">
            <Untrusted text={item.name} className="min-w-0 flex-1 truncate" />
            <span className="shrink-0 text-sm text-muted tabular-nums">
              {item.bytes === null ? words.sizeless : formatBytes(item.bytes)}
            </span>
          </li>
        ))}
      </ul>
      <p className="flex justify-between gap-4 text-sm text-muted tabular-nums">
        <span>{plan.items.length > shown.length ? `and ${plan.items.length - shown.length} more` : ''}</span>
        {plan.bytes > 0 ? (
          <span className="font-medium text-ink">{formatBytes(plan.bytes)} in all</span>
        ) : null}
      </p>
    </div>
  );
}

function Outcome({ pruned, target }: { pruned: Pruned; target: PruneTarget }) {
  const { one, many } = pruneWords[target];
  const { removed, kept, bytes } = pruned;
  return (
    <div role="status" className="flex flex-col gap-1 py-2">
      <p className="font-medium">
        {removed === 1 ? `1 ${one}` : `${removed} ${many}`} removed
        {bytes > 0 ? `, ${formatBytes(bytes)} freed in the VM` : ''}.
      </p>
      {bytes > 0 ? (
        <p className="text-sm text-muted">The VM’s disk gives the space back to this computer by itself.</p>
      ) : null}
      {kept.length > 0 ? (
        <p className="wrap-anywhere text-muted">
          Kept, because something uses it by now: <Untrusted text={kept.join(', ')} />
        </p>
      ) : null}
    </div>
  );
}
