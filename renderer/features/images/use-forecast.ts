import { useEffect, useState } from 'react';
import type { Arch } from '../../../contract/arch.ts';
import type { WireError } from '../../../contract/errors.ts';
import type { Forecast } from '../../../contract/launch.ts';
import { toWireError } from '../../bridge/engine-client.ts';
import { useEngine } from '../../state/engine-store.ts';
import { useEngineState } from '../../state/hooks.ts';

/** Somebody who types pauses longer at the end of a word than between its letters; a registry is asked only then. */
const typingPauseMs = 350;

export interface ForecastView {
  /** The last one, also while another is on its way. */
  forecast: Forecast | null;
  loading: boolean;
  error: WireError | null;
}

const nothing: ForecastView = { forecast: null, loading: false, error: null };

/** Whether `image` would run, asked anew when it, the architecture, a handler or the VM's images change. */
export function useForecast(vm: string, image: string, arch: Arch | null): ForecastView {
  const client = useEngine((view) => (view.status.phase === 'up' ? view.link?.client : undefined));
  const handlers = useEngineState((state) =>
    Object.values(state.handlers)
      .map((handler) => `${handler.arch} ${handler.state} ${handler.price?.at}`)
      .join(),
  );
  const images = useEngineState((state) =>
    Object.values(state.dockerImages)
      .map(({ id, tags, platforms }) => [id, ...tags, platforms.filter(({ present }) => present).length])
      .join(),
  );
  const [view, setView] = useState(nothing);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the engine answers otherwise when these have changed
  useEffect(() => {
    if (!client || image === '' || /\s/.test(image)) {
      setView(nothing);
      return;
    }
    const asking = new AbortController();
    const { signal } = asking;
    setView(({ forecast }) => ({
      forecast: forecast?.image === image ? forecast : null,
      loading: true,
      error: null,
    }));
    const ask = async (): Promise<void> => {
      try {
        const forecast = await client.dockerImage.forecast({ vm, image, arch }, { signal });
        if (!signal.aborted) setView({ forecast, loading: false, error: null });
      } catch (thrown) {
        if (!signal.aborted) setView({ forecast: null, loading: false, error: toWireError(thrown) });
      }
    };
    const timer = setTimeout(() => void ask(), typingPauseMs);
    return () => {
      clearTimeout(timer);
      asking.abort();
    };
  }, [client, vm, image, arch, handlers, images]);
  return view;
}
