import type { Container } from '../../../contract/records.ts';
import { plainText } from '../../ui/text/plain-text.ts';
import type { GridRow } from '../../ui/virtual-grid.tsx';
import type { UsageWords } from './usage-words.ts';

/** One container in the table; its figures as words, so that a row whose words stay is not drawn again. */
export interface ContainerRow extends GridRow {
  readonly kind: 'container';
  readonly container: Container;
  readonly cpu: string;
  readonly memory: string;
  /** The VM or its engine is away. */
  readonly stale: boolean;
  /** It goes on when its VM is resumed. */
  readonly suspended: boolean;
}

/** A Compose project, or what belongs to none. */
export interface ProjectRow extends GridRow {
  readonly kind: 'project';
  readonly vm: string;
  /** Null: everything that belongs to no project. */
  readonly project: string | null;
  readonly containers: number;
  readonly running: number;
  /** Running, paused or about to run again: what can be stopped. */
  readonly up: number;
  /** Of those running, some are removed with all they wrote when they stop. */
  readonly losing: boolean;
}

export type Row = ContainerRow | ProjectRow;

/** Two lines, or three with the doctor's verdict; the cells' classes fit them. */
const containerHeight = 56;
const withVerdictHeight = 74;
const projectHeight = 40;

export interface RowsOptions {
  /** In the order in which they are to be shown. */
  readonly containers: readonly Container[];
  /** Keys of the groups that are folded. */
  readonly folded: ReadonlySet<string>;
  readonly usage: (id: string) => UsageWords;
  /** Nothing is known of the engine any more. */
  readonly lost: boolean;
  /** VMs which are suspended. */
  readonly suspended: ReadonlySet<string>;
}

/** Containers under their Compose projects, those without one last; without any project a plain list. */
export function containerRows(options: RowsOptions): Row[] {
  const groups = new Map<string, { vm: string; project: string | null; containers: Container[] }>();
  for (const container of options.containers) {
    const { vm, composeProject: project } = container;
    const key = groupKey(vm, project);
    const group = groups.get(key) ?? { vm, project, containers: [] };
    group.containers.push(container);
    groups.set(key, group);
  }
  const projects = [...groups].filter(([, { project }]) => project !== null);
  if (projects.length === 0)
    return options.containers.map((container) => containerRow(container, 1, options));
  const order = ([, { project }]: (typeof projects)[number]): string => project ?? '\uffff';
  return [...groups]
    .sort((a, b) => order(a).localeCompare(order(b)) || a[0].localeCompare(b[0]))
    .flatMap(([key, { vm, project, containers }]): Row[] => {
      const open = !options.folded.has(key);
      const up = containers.filter(isUp);
      const head: ProjectRow = {
        kind: 'project',
        key,
        level: 1,
        open,
        height: projectHeight,
        name: project === null ? 'Without a Compose project' : `Compose project ${plainText(project)}`,
        vm,
        project,
        containers: containers.length,
        running: containers.filter(({ state }) => state === 'running').length,
        up: up.length,
        losing: up.some((container) => container.autoRemove),
      };
      return open ? [head, ...containers.map((container) => containerRow(container, 2, options))] : [head];
    });
}

/** Its processes are there, frozen or not. */
export function isUp({ state }: Container): boolean {
  return state === 'running' || state === 'paused' || state === 'restarting';
}

function groupKey(vm: string, project: string | null): string {
  return project === null ? `none ${vm}` : `project ${vm} ${project}`;
}

function containerRow(container: Container, level: number, options: RowsOptions): ContainerRow {
  const up = container.state === 'running' && !container.stale && !options.lost;
  const { cpu, memory } = up ? options.usage(container.id) : { cpu: '', memory: '' };
  return {
    kind: 'container',
    key: container.id,
    level,
    open: null,
    height: container.diagnosis ? withVerdictHeight : containerHeight,
    name: plainText(container.name),
    container,
    cpu,
    memory,
    stale: options.lost || container.stale,
    suspended: !options.lost && container.state === 'running' && options.suspended.has(container.vm),
  };
}
