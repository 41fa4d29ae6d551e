import { useEffect, useState } from 'react';
import type { BuildReport } from '../../../contract/builds.ts';
import type { WireError } from '../../../contract/errors.ts';
import { toWireError } from '../../bridge/engine-client.ts';
import { useEngine } from '../../state/engine-store.ts';

/** The end of a log says what went wrong; more than this nobody reads here. */
const keptLines = 2_000;

export interface BuildReportView {
  /** Null until something was told. */
  report: BuildReport | null;
  /** Lines that are no longer shown. */
  omitted: number;
  error: WireError | null;
}

const none: BuildReportView = { report: null, omitted: 0, error: null };

/** Steps and log of one build, for as long as somebody looks. */
export function useBuildReport(vm: string, ref: string): BuildReportView {
  const client = useEngine((view) => (view.status.phase === 'up' ? view.link?.client : undefined));
  const [view, setView] = useState(none);
  useEffect(() => {
    if (!client) return;
    const watching = new AbortController();
    const { signal } = watching;
    setView(none);
    const watch = async (): Promise<void> => {
      try {
        for await (const report of await client.build.report({ vm, id: ref }, { signal })) {
          setView((before) => withReport(before, report));
        }
      } catch (thrown) {
        const error = toWireError(thrown);
        // It ended with the VM, which the window shows already.
        if (!signal.aborted && error.code !== 'cancelled') setView((before) => ({ ...before, error }));
      }
    };
    void watch();
    return () => watching.abort();
  }, [client, vm, ref]);
  return view;
}

function withReport({ report: before, omitted }: BuildReportView, report: BuildReport): BuildReportView {
  const lines = [...(before?.lines ?? []), ...report.lines];
  const surplus = Math.max(0, lines.length - keptLines);
  return {
    report: { ...report, lines: lines.slice(surplus) },
    omitted: omitted + surplus,
    error: null,
  };
}
