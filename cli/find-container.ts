import type { Container } from '../contract/records.ts';
import type { State } from '../contract/state.ts';
import { EngineError } from '../engine/base/engine-error.ts';

/** The container of a VM which `word` names: by its name, or else by the beginning of its id if only one has that. */
export function findContainer(state: State, vm: string, word: string): Container {
  const containers = Object.values(state.containers).filter((container) => container.vm === vm);
  const named = containers.find((container) => container.name === word);
  if (named) return named;
  const [found, another] = containers.filter((container) => word !== '' && container.id.startsWith(word));
  if (found && !another) return found;
  throw new EngineError({
    code: 'unknown_container',
    message: found
      ? `More than one container of VM "${vm}" has an id that begins with "${word}".`
      : `VM "${vm}" has no container "${word}".`,
    hint: 'foredeck ps lists them.',
  });
}
