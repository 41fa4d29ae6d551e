import type { ReactNode } from 'react';
import type { HandlerUse } from '../../../contract/emulation.ts';
import { Pill } from '../../ui/pill.tsx';
import { plainText } from '../../ui/text/plain-text.ts';
import { Untrusted } from '../../ui/untrusted.tsx';
import { shortVersion } from './emulator-words.ts';
import type { ArchUse } from './use-switch-off.ts';

/** More would not be read before a click. */
const shownUsers = 8;
const shownProcesses = 4;

type UsingProcess = HandlerUse['others'][number];

/** Containers and programs which run under handlers, with their processes. */
export function UseList({ uses }: { uses: readonly ArchUse[] }) {
  const several = uses.length > 1;
  const users = uses.flatMap(({ arch, use }) => [
    ...use.containers.map((container) => ({
      key: container.id,
      arch,
      name: <Untrusted text={container.name} className="truncate font-medium" />,
      versions: container.emulatorVersions,
      processes: container.processes,
    })),
    ...(use.others.length > 0
      ? [{ key: `others-${arch}`, arch, name: 'Outside of containers', versions: [], processes: use.others }]
      : []),
  ]);
  return (
    <ul
      aria-label="What uses it"
      className="flex flex-col gap-2 rounded-md border border-line bg-sunken px-3 py-2 text-ink"
    >
      {users.slice(0, shownUsers).map((user) => (
        <li key={user.key}>
          <User name={user.name} versions={user.versions} arch={several ? user.arch : null} />
          <Processes processes={user.processes} />
        </li>
      ))}
      {users.length > shownUsers ? (
        <li className="text-muted">and {users.length - shownUsers} more</li>
      ) : null}
    </ul>
  );
}

/** `arch` null: there is only one. */
function User({
  name,
  versions,
  arch,
}: {
  name: ReactNode;
  versions: readonly string[];
  arch: string | null;
}) {
  return (
    <p className="flex min-w-0 items-center gap-2">
      {name}
      {arch === null ? null : <Pill tone="foreign">{arch}</Pill>}
      {versions.length > 0 ? (
        <span className="ml-auto shrink-0 text-xs text-faint">
          under {versions.map((version) => plainText(shortVersion(version))).join(', ')}
        </span>
      ) : null}
    </p>
  );
}

function Processes({ processes }: { processes: readonly UsingProcess[] }) {
  const more = processes.length - shownProcesses;
  return (
    <ul className="text-sm text-muted">
      {processes.slice(0, shownProcesses).map(({ pid, argv }) => (
        <li key={pid} className="flex min-w-0 gap-2">
          <span className="w-12 shrink-0 text-right text-faint tabular-nums">{pid}</span>
          <Untrusted text={argv.join(' ')} className="truncate font-mono" />
        </li>
      ))}
      {more > 0 ? <li className="pl-14">and {more} more</li> : null}
    </ul>
  );
}
