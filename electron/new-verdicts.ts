import type { Container } from '../contract/records.ts';
import type { StateChange } from './engine-state.ts';

/** More at once are told as one: a Compose project that fails is one event for a person. */
const mostAtOnce = 3;

export interface Verdict {
  readonly title: string;
  readonly body: string;
  /** The screen that tells more. */
  readonly path: string;
}

/** What to tell of containers whose failure the doctor has understood by this change. */
export function newVerdicts({ state, before }: StateChange): Verdict[] {
  if (!state || !before || state.containers === before.containers) return [];
  const failed = Object.values(state.containers).filter((container) => {
    const { diagnosis } = container;
    if (!diagnosis || container.stale) return false;
    return before.containers[container.id]?.diagnosis?.rule !== diagnosis.rule;
  });
  if (failed.length <= mostAtOnce) return failed.map(verdictOf);
  return [
    {
      title: `${failed.length} containers failed`,
      body: failed.slice(0, mostAtOnce).map(nameOf).join(', '),
      path: '/containers',
    },
  ];
}

function verdictOf(container: Container): Verdict {
  const { title = '', cause = '' } = container.diagnosis ?? {};
  return {
    title: plain(title),
    body: plain(`${nameOf(container)}: ${cause}`),
    path: `/containers/${container.id}`,
  };
}

function nameOf({ name }: Container): string {
  return plain(name).slice(0, 80);
}

/**
 * Desktops show notifications of Linux with markup in them (the Desktop Notifications Specification, "Markup"), so that
 * besides control and reordering characters nothing may remain that begins a tag or an entity.
 */
function plain(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029]/gu, ' ')
    .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '')
    .replace(/[<>&]/g, '');
}
