import type { ContainerInfo, ContainerInspectInfo } from 'dockerode';
import { z } from 'zod';
import { type Container, ContainerState } from '../../contract/records.ts';
import type { BindMount } from '../../contract/shares.ts';

/** What Docker itself says about a container; architecture, execution and ports come from elsewhere. */
export type DockerFacts = Omit<
  Container,
  'vm' | 'arch' | 'execution' | 'emulator' | 'ports' | 'diagnosis' | 'stale'
>;

/** One object of `GET /events`. Source: Docker Engine API 1.45, `EventMessage`. */
export const DockerEvent = z.object({
  Type: z.string().default('container'),
  Action: z.string(),
  Actor: z.object({
    ID: z.string().default(''),
    Attributes: z
      .record(z.string(), z.string())
      .nullish()
      .transform((attributes) => attributes ?? {}),
  }),
  timeNano: z.number().default(0),
});
export type DockerEvent = z.infer<typeof DockerEvent>;

/** `row` has Docker's status words, `details` has numbers and times. */
export function factsFrom(row: ContainerInfo, details: ContainerInspectInfo): DockerFacts {
  const started = Date.parse(details.State.StartedAt);
  return {
    id: details.Id,
    name: details.Name.replace(/^\//, ''),
    image: details.Config.Image,
    command: row.Command,
    state: stateFrom(details.State.Status),
    status: row.Status,
    exitCode: details.State.Running || started <= 0 ? null : details.State.ExitCode,
    createdAt: Date.parse(details.Created),
    // Docker's zero time, year 1, stands for "never".
    startedAt: started > 0 ? started : null,
    composeProject: details.Config.Labels['com.docker.compose.project'] ?? null,
    autoRemove: details.HostConfig?.AutoRemove ?? false,
    binds: bindsOf(details),
  };
}

function bindsOf(details: ContainerInspectInfo): BindMount[] {
  return (details.Mounts ?? [])
    .filter((mount) => mount.Type === 'bind')
    .map(({ Source, Destination, RW }) => ({ source: Source, target: Destination, readOnly: !RW }));
}

/** What an event alone tells, so that a row shows at once; the rest follows when Docker has been asked. */
export function factsFromEvent(event: DockerEvent, known: DockerFacts | undefined): DockerFacts | undefined {
  const { Attributes: attributes, ID: id } = event.Actor;
  const state = stateAfter[event.Action];
  if (state === undefined) return undefined;
  const at = Math.floor(event.timeNano / 1_000_000);
  const before: DockerFacts = known ?? {
    id,
    name: attributes.name ?? id.slice(0, 12),
    image: attributes.image ?? '',
    command: '',
    state,
    status: '',
    exitCode: null,
    createdAt: at,
    startedAt: null,
    composeProject: attributes['com.docker.compose.project'] ?? null,
    autoRemove: false,
    binds: [],
  };
  return {
    ...before,
    state,
    status: known?.state === state ? known.status : statusWords[state],
    exitCode: event.Action === 'die' ? Number(attributes.exitCode ?? 0) : null,
    startedAt: event.Action === 'start' ? at : before.startedAt,
  };
}

/** Docker's action names, as far as they change a container's state. */
const stateAfter: Readonly<Record<string, Container['state']>> = {
  create: 'created',
  start: 'running',
  pause: 'paused',
  unpause: 'running',
  die: 'exited',
};

/** Stand-ins until Docker's own words arrive. */
const statusWords: Readonly<Record<Container['state'], string>> = {
  created: 'Created',
  running: 'Up',
  paused: 'Up (Paused)',
  restarting: 'Restarting',
  removing: 'Removal In Progress',
  exited: 'Exited',
  dead: 'Dead',
};

/** Actions after which nothing that a row shows has changed. */
const silentActions = /^(?:exec_|attach|detach|resize|top|commit|export|copy|archive-path|extract-to-dir)/;

export function changesRow(event: DockerEvent): boolean {
  return !silentActions.test(event.Action);
}

function stateFrom(status: string): Container['state'] {
  return ContainerState.safeParse(status).data ?? 'dead';
}
