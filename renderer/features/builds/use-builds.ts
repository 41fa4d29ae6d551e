import { useEffect, useMemo, useState } from 'react';
import type { Build } from '../../../contract/builds.ts';
import type { WireError } from '../../../contract/errors.ts';
import { toWireError } from '../../bridge/engine-client.ts';
import { useEngine } from '../../state/engine-store.ts';
import { useDockerImages, useDockerUnavailable } from '../../state/hooks.ts';

/** Whatever ended the stream may end the next one too. */
const retryMs = 5_000;

export interface BuildsView {
  /** Null until they were told once; what is known stays while the VM or the engine is away. */
  builds: readonly Build[] | null;
  error: WireError | null;
}

/** The builds BuildKit remembers, for as long as somebody looks, named by what their images are called now. */
export function useBuilds(vm: string): BuildsView {
  const client = useEngine((view) => (view.status.phase === 'up' ? view.link?.client : undefined));
  const away = useDockerUnavailable(vm) !== undefined;
  const [view, setView] = useState<BuildsView>({ builds: null, error: null });
  useEffect(() => {
    if (!client || away) return;
    const watching = new AbortController();
    const { signal } = watching;
    let retry: ReturnType<typeof setTimeout> | undefined;
    const watch = async (): Promise<void> => {
      try {
        for await (const builds of await client.build.watch({ vm }, { signal })) {
          setView({ builds, error: null });
        }
      } catch (thrown) {
        const error = toWireError(thrown);
        // It ended with the VM, which the window shows already.
        if (!signal.aborted && error.code !== 'cancelled') setView(({ builds }) => ({ builds, error }));
      }
      if (!signal.aborted) retry = setTimeout(() => void watch(), retryMs);
    };
    void watch();
    return () => {
      watching.abort();
      clearTimeout(retry);
    };
  }, [client, vm, away]);
  const images = useDockerImages(vm);
  return useMemo(() => {
    const tagsOf = new Map(images.map(({ id, tags }) => [id, tags]));
    const named = (build: Build): Build =>
      build.tags.length > 0 ? build : { ...build, tags: tagsOf.get(build.image ?? '') ?? [] };
    return { ...view, builds: view.builds?.map(named) ?? null };
  }, [view, images]);
}
