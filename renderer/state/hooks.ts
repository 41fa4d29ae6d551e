import { useMemo } from 'react';
import type { DockerImage } from '../../contract/docker-images.ts';
import type { Network } from '../../contract/networks.ts';
import type { Container, Handler, Job, Vm } from '../../contract/records.ts';
import type { Share } from '../../contract/shares.ts';
import type { State } from '../../contract/state.ts';
import type { Volume } from '../../contract/volumes.ts';
import { useEngine } from './engine-store.ts';

/** A piece of the engine's state; undefined before the first snapshot. */
export function useEngineState<T>(select: (state: State) => T): T | undefined {
  return useEngine((view) => (view.engine ? select(view.engine) : undefined));
}

/** True while what is shown is only the last thing known. */
export function useStale(): boolean {
  return useEngine((view) => view.status.phase !== 'up');
}

export function usePending(key: string): boolean {
  return useEngine((view) => view.pending[key] === true);
}

/** Why nothing can be asked of the engine now; undefined when it can. */
export function useUnavailable(): string | undefined {
  return useStale() ? 'The engine is not reachable at the moment' : undefined;
}

/** Why nothing can be asked of the VM's Docker now; undefined when it can. */
export function useDockerUnavailable(vm: string): string | undefined {
  const unreachable = useUnavailable();
  const ready = useEngineState((state) => state.vms[vm]?.endpoints.dockerReady);
  return unreachable ?? (ready ? undefined : 'The VM has to run first');
}

/** The VM with the host's own architecture; there is one as soon as there is a state. */
export function useServiceVm(): Vm | undefined {
  return useEngineState((state) => Object.values(state.vms).find((vm) => vm.kind === 'service'));
}

/** One for all: `localeCompare` makes its own each time, which thousands of rows and many changes a second feel. */
const byName = new Intl.Collator();

/** Running ones first, then by name. */
export function useContainers(): readonly Container[] {
  const records = useEngineState((state) => state.containers);
  return useMemo(() => {
    const rank = (container: Container): number => (container.state === 'running' ? 0 : 1);
    return Object.values(records ?? {}).sort(
      (a, b) => rank(a) - rank(b) || byName.compare(a.name, b.name) || byName.compare(a.id, b.id),
    );
  }, [records]);
}

/** By their first name; those without any last. */
export function useDockerImages(vm: string): readonly DockerImage[] {
  const records = useEngineState((state) => state.dockerImages);
  return useMemo(() => {
    const name = (image: DockerImage): string => image.tags[0] ?? '\uffff';
    return Object.values(records ?? {})
      .filter((image) => image.vm === vm)
      .sort((a, b) => name(a).localeCompare(name(b)) || a.id.localeCompare(b.id));
  }, [records, vm]);
}

/** By name; those that nobody named last. */
export function useVolumes(vm: string): readonly Volume[] {
  const records = useEngineState((state) => state.volumes);
  return useMemo(
    () =>
      Object.values(records ?? {})
        .filter((volume) => volume.vm === vm)
        .sort((a, b) => Number(a.anonymous) - Number(b.anonymous) || a.name.localeCompare(b.name)),
    [records, vm],
  );
}

/** By name; Docker's own last. */
export function useNetworks(vm: string): readonly Network[] {
  const records = useEngineState((state) => state.networks);
  return useMemo(
    () =>
      Object.values(records ?? {})
        .filter((network) => network.vm === vm)
        .sort((a, b) => Number(a.builtIn) - Number(b.builtIn) || a.name.localeCompare(b.name)),
    [records, vm],
  );
}

export function useHandlers(vm: string): readonly Handler[] {
  const records = useEngineState((state) => state.handlers);
  return useMemo(() => Object.values(records ?? {}).filter((handler) => handler.vm === vm), [records, vm]);
}

/** Newest first. */
export function useJobs(): readonly Job[] {
  const records = useEngineState((state) => state.jobs);
  return useMemo(() => Object.values(records ?? {}).sort((a, b) => b.startedAt - a.startedAt), [records]);
}

/** By path. */
export function useShares(): readonly Share[] {
  const records = useEngineState((state) => state.shares);
  return useMemo(
    () => Object.values(records ?? {}).sort((a, b) => byName.compare(a.path, b.path)),
    [records],
  );
}
