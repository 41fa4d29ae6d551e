import type { NewActivity } from '../../state/activity-log.ts';
import type { DockerEvent } from '../container-record.ts';
import { hiddenName, isHidden } from '../hidden-containers.ts';

/**
 * Nothing of these is news to a person: health checks make three events of the first kind every few seconds, and every
 * container one `mount` for each volume.
 */
const dullActions = /^(?:exec_|attach|detach|resize|top|archive-path|extract-to-dir|mount|unmount)/;

/** What an event tells a person; undefined for what is not worth telling, and for what Foredeck runs for itself. */
export function dockerActivity(event: DockerEvent, vm: string): NewActivity | undefined {
  const { Type: type, Action: action, Actor: actor, timeNano } = event;
  const { ID: subject, Attributes: attributes } = actor;
  if (dullActions.test(action) || isOurs(event)) return undefined;
  return {
    kind: 'docker',
    vm,
    at: Math.floor(timeNano / 1_000_000),
    type,
    action,
    subject,
    name: attributes.name ?? subject,
    note: noteOf(type, attributes),
  };
}

/** Images of hidden containers have no labels; their names say enough for a log. */
function isOurs({ Type: type, Actor: { ID: id, Attributes: attributes } }: DockerEvent): boolean {
  if (isHidden(attributes.name, attributes)) return true;
  return type === 'image' && [id, attributes.name].some((name) => name?.startsWith(hiddenName('')));
}

/** Docker writes whole bytes. */
function inMiB(bytes: string): string {
  return (Number.parseInt(bytes, 10) / 1024 ** 2).toFixed(1);
}

function noteOf(type: string, attributes: Readonly<Record<string, string>>): string {
  const { exitCode, signal, image, oldName, reclaimed, container } = attributes;
  const notes = [
    type === 'container' && image !== undefined ? `of ${image}` : '',
    exitCode === undefined ? '' : `exit code ${exitCode}`,
    signal === undefined ? '' : `signal ${signal}`,
    oldName === undefined ? '' : `was ${oldName.replace(/^\//, '')}`,
    reclaimed === undefined ? '' : `${inMiB(reclaimed)} MiB freed`,
    container === undefined ? '' : `container ${container.slice(0, 12)}`,
  ];
  return notes.filter((note) => note !== '').join(', ');
}
