import { RefreshCw } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import type { Container } from '../../../../contract/records.ts';
import { attempt, type Outcome } from '../../../state/attempt.ts';
import { useDockerUnavailable, usePending } from '../../../state/hooks.ts';
import { Button } from '../../../ui/button.tsx';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { ErrorPanel } from '../../../ui/error-panel.tsx';
import { LineList } from '../../../ui/line-list.tsx';
import { SearchField } from '../../../ui/search-field.tsx';
import { plainLines, plainText } from '../../../ui/text/plain-text.ts';
import { jsonLines, matchingLines } from './json-lines.ts';

/** All that Docker says of a container, to be searched and copied. */
export function InspectTab({ container }: { container: Container }) {
  const [search, setSearch] = useState('');
  const { outcome, read, pending, unavailable } = useInspection(container);
  const document = outcome?.ok ? outcome.value : null;
  const lines = useMemo(() => (document === null ? [] : jsonLines(document)), [document]);
  const shown = useMemo(() => matchingLines(lines, search.trim().toLowerCase()), [lines, search]);
  return (
    <>
      <div className="flex shrink-0 flex-wrap items-center gap-2">
        <SearchField label="Search the facts" value={search} onChange={setSearch} />
        <p role="status" className="text-sm text-muted tabular-nums">
          {search.trim() !== '' && document ? `${shown.length} of ${lines.length} lines` : ''}
        </p>
        <div className="ml-auto flex items-center gap-1">
          <Button
            size="sm"
            icon={<RefreshCw aria-hidden className="size-3.5" />}
            busy={pending}
            unavailable={unavailable}
            onClick={() => void read()}
          >
            Read again
          </Button>
          <CopyButton
            wordy
            text={() => lines.map(({ text }) => plainLines(text)).join('\n')}
            label="Copy as JSON"
          />
        </div>
      </div>
      {outcome && !outcome.ok ? (
        <ErrorPanel tone="warn" message={outcome.error.message} hint={outcome.error.hint} />
      ) : null}
      {document ? (
        <LineList
          label={`What Docker says of ${plainText(container.name)}`}
          role="region"
          count={shown.length}
          keyOf={(index) => shown[index]?.number ?? index}
          line={(index) => <JsonLineView text={shown[index]?.text ?? ''} />}
          wrap={false}
          className="min-h-40 flex-1"
        />
      ) : outcome ? null : (
        <p className="text-muted">{unavailable ?? 'Asking Docker…'}</p>
      )}
    </>
  );
}

/** Names stand out from values. */
function JsonLineView({ text }: { text: string }) {
  const [, indent = '', name = '', rest = text] = /^( *)("(?:[^"\\]|\\.)*": )?(.*)$/s.exec(text) ?? [];
  return (
    <bdi>
      {indent}
      {name === '' ? null : <span className="text-accent">{plainLines(name)}</span>}
      {plainLines(rest)}
    </bdi>
  );
}

/** Read when somebody comes to look, and again when the container has changed its state. */
function useInspection({ vm, id, state }: Container) {
  const [outcome, setOutcome] = useState<Outcome<Record<string, unknown>> | null>(null);
  const unavailable = useDockerUnavailable(vm);
  const key = `container:inspect:${id}`;
  const pending = usePending(key);
  const read = async (): Promise<void> => {
    const answer = await attempt(key, (client) => client.container.inspect({ vm, container: id }));
    if (answer) setOutcome(answer);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: `read` is new at each rendering and depends on these only
  useEffect(() => {
    if (unavailable === undefined) void read();
  }, [vm, id, state, unavailable]);
  return { outcome, read, pending, unavailable };
}
