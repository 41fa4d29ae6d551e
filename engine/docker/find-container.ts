import type { Container } from '../../contract/records.ts';
import { EngineError } from '../base/engine-error.ts';

/** As many characters as Docker prints of an id. */
const shortIdChars = 12;

/** The row of a container, given its id, the id's beginning, or its name. Throws `unknown_container`. */
export function findContainer(
  rows: Readonly<Record<string, Container>>,
  { vm, container: text }: { vm: string; container: string },
): Container {
  const own = Object.values(rows).filter((row) => row.vm === vm);
  const found =
    own.find((row) => row.id === text || row.name === text) ??
    own.find((row) => text.length >= shortIdChars && row.id.startsWith(text));
  if (found) return found;
  throw new EngineError({
    code: 'unknown_container',
    message: `There is no container "${text}" in VM "${vm}".`,
    hint: 'It may have been removed meanwhile.',
  });
}
