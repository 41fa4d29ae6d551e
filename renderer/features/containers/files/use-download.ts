import { useCallback, useEffect, useRef, useState } from 'react';
import type { OfContainer } from '../../../../contract/container-actions.ts';
import type { WireError } from '../../../../contract/errors.ts';
import { useEngine } from '../../../state/engine-store.ts';
import { downloadFile } from './download-file.ts';

export interface RunningDownload {
  readonly path: string;
  readonly doneBytes: number;
  readonly sizeBytes: number | null;
}

/** One download at a time; it ends with the tab that shows it. */
export function useDownload({ vm, container }: OfContainer) {
  const [running, setRunning] = useState<RunningDownload | null>(null);
  const [error, setError] = useState<WireError | null>(null);
  const current = useRef<AbortController | null>(null);
  const cancel = useCallback(() => {
    current.current?.abort();
    current.current = null;
    setRunning(null);
  }, []);
  useEffect(() => cancel, [cancel]);
  const start = useCallback(
    (path: string): void => {
      const { link } = useEngine.getState();
      if (!link || current.current) return;
      const controller = new AbortController();
      current.current = controller;
      setError(null);
      setRunning({ path, doneBytes: 0, sizeBytes: null });
      const { signal } = controller;
      const onProgress = (doneBytes: number, sizeBytes: number | null): void => {
        if (!signal.aborted) setRunning({ path, doneBytes, sizeBytes });
      };
      void downloadFile({ link, vm, container, path, onProgress, signal }).then((problem) => {
        if (current.current !== controller) return;
        current.current = null;
        setRunning(null);
        setError(problem);
      });
    },
    [vm, container],
  );
  return { running, error, start, cancel };
}
