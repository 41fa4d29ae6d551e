import { ArrowDown, ArrowDownToLine, ArrowUp, Download, Pause, Play, WrapText } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { Container } from '../../../../contract/records.ts';
import { useDockerUnavailable } from '../../../state/hooks.ts';
import { Button } from '../../../ui/button.tsx';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { ErrorPanel } from '../../../ui/error-panel.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { LineList, type LineListHandle } from '../../../ui/line-list.tsx';
import { Menu } from '../../../ui/menu.tsx';
import { saveFile } from '../../../ui/save-file.ts';
import { SearchField } from '../../../ui/search-field.tsx';
import { plainText } from '../../../ui/text/plain-text.ts';
import { ToggleButton } from '../../../ui/toggle-button.tsx';
import type { KeptLine } from './log-buffer.ts';
import { LogLineView, timeWords } from './log-line-view.tsx';
import { type Tail, tailChoices, useLog } from './use-log.ts';

const digits = new Intl.NumberFormat('en');

/** What a container has written, live. */
export function LogTab({ container }: { container: Container }) {
  const [tail, setTail] = useState<Tail>(tailChoices[1]);
  const [paused, setPaused] = useState(false);
  const [follow, setFollow] = useState(true);
  const [wrap, setWrap] = useState(false);
  const [times, setTimes] = useState(false);
  const [only, setOnly] = useState(false);
  const [search, setSearch] = useState('');
  const needle = search.toLowerCase();
  const { buffer, phase, error } = useLog(container, { tail, paused });
  buffer.search(needle);
  const shown = only && needle !== '' ? buffer.found : buffer.lines;
  const list = useRef<LineListHandle>(null);
  const matches = useMatches(buffer.found, needle);
  const unavailable = useDockerUnavailable(container.vm);
  const name = plainText(container.name);
  const goTo = (step: 1 | -1): void => {
    const line = matches.step(step);
    if (!line) return;
    setFollow(false);
    const index = only ? buffer.found.indexOf(line) : line.number - (buffer.lines[0]?.number ?? 0);
    list.current?.show(index);
  };
  return (
    <>
      <div className="flex shrink-0 flex-wrap items-center gap-2">
        <search
          className="flex items-center gap-1"
          onKeyDown={(event) => {
            if (event.key === 'Enter') goTo(event.shiftKey ? -1 : 1);
          }}
        >
          <SearchField label="Search the log" value={search} onChange={setSearch} />
          <IconButton
            label="Match before (Shift+Enter)"
            icon={<ArrowUp aria-hidden className="size-3.5" />}
            unavailable={buffer.found.length === 0 ? 'Nothing is found' : undefined}
            onClick={() => goTo(-1)}
          />
          <IconButton
            label="Match after (Enter)"
            icon={<ArrowDown aria-hidden className="size-3.5" />}
            unavailable={buffer.found.length === 0 ? 'Nothing is found' : undefined}
            onClick={() => goTo(1)}
          />
          <p role="status" className="min-w-20 text-sm text-muted tabular-nums">
            {needle === '' ? '' : matches.words}
          </p>
        </search>
        <ToggleButton pressed={only} onChange={setOnly}>
          Only matches
        </ToggleButton>
        <div className="ml-auto flex flex-wrap items-center gap-1">
          <ToggleButton pressed={times} onChange={setTimes}>
            Times
          </ToggleButton>
          <ToggleButton
            pressed={wrap}
            onChange={setWrap}
            icon={<WrapText aria-hidden className="size-3.5" />}
          >
            Wrap
          </ToggleButton>
          <ToggleButton
            pressed={follow}
            onChange={setFollow}
            icon={<ArrowDownToLine aria-hidden className="size-3.5" />}
          >
            Follow
          </ToggleButton>
          <Button
            size="sm"
            icon={
              paused ? <Play aria-hidden className="size-3.5" /> : <Pause aria-hidden className="size-3.5" />
            }
            onClick={() => setPaused(!paused)}
          >
            {paused ? 'Go on' : 'Pause'}
          </Button>
          <CopyButton text={() => textOf(shown, times)} label="Copy the log" />
          <IconButton
            label="Download the log"
            icon={<Download aria-hidden className="size-3.5" />}
            onClick={() => saveFile(`${name}.log`, [textOf(shown, times)])}
          />
        </div>
      </div>
      {error ? <ErrorPanel tone="warn" message={error.message} hint={error.hint} /> : null}
      <div className="relative flex min-h-40 flex-1 flex-col">
        <LineList
          ref={list}
          label={`Log of ${name}`}
          role="log"
          count={shown.length}
          keyOf={(index) => shown[index]?.number ?? index}
          line={(index) => {
            const line = shown[index];
            return line ? (
              <LogLineView
                line={line}
                times={times}
                search={needle}
                current={line.number === matches.current}
              />
            ) : null;
          }}
          wrap={wrap}
          follow={follow}
          onFollow={setFollow}
          className="min-h-0 flex-1"
        />
        {shown.length === 0 ? (
          <p className="pointer-events-none absolute inset-0 grid place-items-center text-muted">
            {emptyWords({ phase, searching: only && needle !== '', unavailable })}
          </p>
        ) : null}
      </div>
      <div className="flex shrink-0 flex-wrap items-center gap-x-3 text-sm text-muted tabular-nums">
        <p>
          {digits.format(buffer.lines.length)} lines
          {buffer.dropped > 0 ? `, ${digits.format(buffer.dropped)} older ones not kept` : ''}
          {paused ? ' · paused' : phase === 'ended' ? ' · the container has ended' : ''}
        </p>
        <Menu
          trigger={
            <button type="button" className="rounded text-accent hover:underline">
              Up to {digits.format(tail)} from before
            </button>
          }
          items={tailChoices.map((choice) => ({
            label: `${digits.format(choice)} lines from before`,
            onSelect: () => setTail(choice),
          }))}
        />
      </div>
    </>
  );
}

function emptyWords(options: { phase: string; searching: boolean; unavailable: string | undefined }): string {
  if (options.searching) return 'No line has that.';
  if (options.phase === 'reading') return options.unavailable ?? 'Reading the log…';
  return options.phase === 'failed' ? '' : 'It has written nothing yet.';
}

/** The match a person is at: the last one until they step. */
function useMatches(found: readonly KeptLine[], needle: string) {
  const [current, setCurrent] = useState<number | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another search begins at its own last match
  useEffect(() => setCurrent(null), [needle]);
  const at = current === null ? found.length : found.findIndex((line) => line.number === current);
  return {
    current,
    words:
      found.length === 0
        ? 'Not found'
        : at >= 0 && at < found.length
          ? `${digits.format(at + 1)} of ${digits.format(found.length)}`
          : `${digits.format(found.length)} found`,
    /** The next one, or the one before; round at the ends. */
    step: (step: 1 | -1): KeptLine | undefined => {
      if (found.length === 0) return undefined;
      const isAt = at >= 0 && at < found.length;
      const next = isAt ? (at + step + found.length) % found.length : step === 1 ? 0 : found.length - 1;
      const line = found[next];
      setCurrent(line?.number ?? null);
      return line;
    },
  };
}

function textOf(lines: readonly KeptLine[], times: boolean): string {
  return lines
    .map(({ plain, at }) => `${times && at !== null ? `${timeWords(at)} ` : ''}${plain}\n`)
    .join('');
}
