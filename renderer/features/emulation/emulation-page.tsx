import { arches } from '../../../contract/arch.ts';
import { useHandlers, useServiceVm } from '../../state/hooks.ts';
import { Page } from '../../ui/page.tsx';
import { HandlerRow } from './handler-row.tsx';

/** One row per architecture: is it proved to work here, and by what. */
export function EmulationPage() {
  const vm = useServiceVm();
  const handlers = useHandlers(vm?.name ?? '');
  if (!vm) return null;
  const known = arches.flatMap((arch) => handlers.find((handler) => handler.arch === arch) ?? []);
  const blocked =
    vm.state === 'running' || vm.state === 'degraded' ? undefined : 'The VM has to run to switch emulators';
  return (
    <Page
      title="Emulation"
      note="On means: registered with the kernel, equal to what it should be, and a program was run to prove it."
    >
      {blocked ? (
        <p className="rounded-md border border-line bg-sunken px-3 py-2 text-muted">
          The VM is not running. What is switched on is restored and proved again at its next start;{' '}
          <a href="#/overview" className="rounded text-accent underline">
            start it on the overview
          </a>
          .
        </p>
      ) : null}
      <ul
        aria-label="Architectures"
        className="divide-y divide-line rounded-lg border border-line bg-surface shadow-card"
      >
        {known.map((handler) => (
          <HandlerRow key={handler.arch} handler={handler} blocked={blocked} />
        ))}
      </ul>
    </Page>
  );
}
