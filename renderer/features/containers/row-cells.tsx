import { ChevronRight, Play, RotateCw, Square, Stethoscope } from 'lucide-react';
import { PortList } from '../../published-ports/port-list.tsx';
import { useDockerUnavailable } from '../../state/hooks.ts';
import { classNames } from '../../ui/class-names.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { plainText } from '../../ui/text/plain-text.ts';
import { Untrusted } from '../../ui/untrusted.tsx';
import type { GridCellsProps } from '../../ui/virtual-grid.tsx';
import { ArchPill } from '../../vocabulary/arch-pill.tsx';
import { askProject } from './asking-store.ts';
import { useProjectUnderWay } from './container-acts.ts';
import { ContainerButtons } from './container-buttons.tsx';
import type { ContainerRow, ProjectRow, Row } from './container-rows.ts';
import { ContainerStatus } from './container-status.tsx';

/** A row has room for so many lines of them, the one that says how many more there are included. */
const shownPorts = 2;

export const columns = 7;

/** The cells of the table's header; widths in rem fit what stands below them. */
export function RowHead() {
  return (
    <>
      <th className="pl-4">Container</th>
      <th className="w-30 md:w-40">Architecture</th>
      <th className="w-0 text-right lg:w-16">
        <span className="max-lg:hidden">CPU</span>
      </th>
      <th className="w-0 text-right md:w-20">
        <span className="max-md:hidden">Memory</span>
      </th>
      <th className="w-0 min-[70rem]:w-32 min-[70rem]:pl-4">
        <span className="max-[70rem]:hidden">Ports</span>
      </th>
      <th className="w-7 pl-1 sm:w-32 sm:pl-4 lg:w-40 xl:w-44">
        <span className="max-sm:sr-only">Status</span>
      </th>
      <th className="w-19">
        <span className="sr-only">Actions</span>
      </th>
    </>
  );
}

export function RowCells({ row, tabIndex }: GridCellsProps<Row>) {
  return row.kind === 'project' ? (
    <ProjectCells row={row} tabIndex={tabIndex} />
  ) : (
    <ContainerCells row={row} tabIndex={tabIndex} />
  );
}

function ContainerCells({ row, tabIndex }: GridCellsProps<ContainerRow>) {
  const { container, cpu, memory, stale, suspended, level } = row;
  const { diagnosis } = container;
  return (
    <>
      <td className={classNames('pr-3', level > 1 ? 'pl-8' : 'pl-4')}>
        <p className="truncate font-medium">
          <a
            href={`#/containers/${container.id}`}
            tabIndex={tabIndex}
            className="rounded outline-offset-1 hover:underline"
          >
            <Untrusted text={container.name} />
          </a>
        </p>
        <p className="truncate font-mono text-xs text-muted">
          <Untrusted text={container.image} />
        </p>
        {diagnosis ? (
          <p className="flex gap-1 text-xs text-bad">
            <Stethoscope aria-hidden className="mt-0.5 size-3 shrink-0" />
            <span className="sr-only">Verdict: </span>
            <Untrusted text={diagnosis.title} className="truncate" />
          </p>
        ) : null}
      </td>
      <td className="pr-2">
        <ArchPill arch={container.arch} execution={container.execution} emulator={container.emulator} />
        {container.emulator ? (
          <p className="truncate pt-0.5 pl-2 text-xs text-faint">
            <Untrusted text={container.emulator} />
          </p>
        ) : null}
      </td>
      <td className="truncate text-right text-sm tabular-nums max-lg:*:hidden">
        <span>{cpu || <None />}</span>
      </td>
      <td className="truncate text-right text-sm tabular-nums max-md:*:hidden">
        <span>{memory || <None />}</span>
      </td>
      <td className="max-[70rem]:*:hidden min-[70rem]:pl-4">
        <PortList
          ports={container.ports}
          stale={stale}
          limit={container.ports.length > shownPorts ? shownPorts - 1 : shownPorts}
          tabIndex={tabIndex}
        />
      </td>
      <td className="pl-1 sm:pl-4">
        <ContainerStatus container={container} stale={stale} suspended={suspended} />
      </td>
      <td className="pr-2">
        <ContainerButtons container={container} tabIndex={tabIndex} />
      </td>
    </>
  );
}

function None() {
  return <span className="text-faint">–</span>;
}

function ProjectCells({ row, tabIndex }: GridCellsProps<ProjectRow>) {
  const { project } = row;
  return (
    <>
      <td colSpan={columns - 1} className="pl-2.5">
        <div className="flex min-w-0 items-center gap-1.5">
          <ChevronRight
            aria-hidden
            className={classNames('size-4 shrink-0 text-faint transition-transform', row.open && 'rotate-90')}
          />
          <span className="min-w-0 truncate font-medium">
            {project === null ? 'Without a project' : <Untrusted text={project} />}
          </span>
          <span className="shrink-0 text-sm text-muted tabular-nums">
            {row.running} of {row.containers} running
          </span>
        </div>
      </td>
      <td className="pr-2">
        {project === null ? null : <ProjectButtons row={row} project={project} tabIndex={tabIndex} />}
      </td>
    </>
  );
}

function ProjectButtons({ row, project, tabIndex }: { row: ProjectRow; project: string; tabIndex: 0 | -1 }) {
  const unavailable = useDockerUnavailable(row.vm);
  const busy = useProjectUnderWay(row.vm, project);
  const name = plainText(project);
  const starts = row.up < row.containers;
  return (
    <div className="flex justify-end gap-1">
      {row.up > 0 ? (
        <IconButton
          label={`Stop all of ${name}`}
          icon={<Square aria-hidden className="size-3.5 fill-current" />}
          busy={busy}
          unavailable={unavailable}
          tabIndex={tabIndex}
          onClick={() => askProject(row, 'stop')}
        />
      ) : null}
      {starts ? (
        <IconButton
          label={`Start all of ${name}`}
          icon={<Play aria-hidden className="size-3.5 fill-current" />}
          busy={busy}
          unavailable={unavailable}
          tabIndex={tabIndex}
          onClick={() => askProject(row, 'start')}
        />
      ) : (
        <IconButton
          label={`Restart all of ${name}`}
          icon={<RotateCw aria-hidden className="size-3.5" />}
          busy={busy}
          unavailable={unavailable}
          tabIndex={tabIndex}
          onClick={() => askProject(row, 'restart')}
        />
      )}
    </div>
  );
}
