import type { Build } from '../../../contract/builds.ts';

/** What a person calls a build: its first tag, else the stage, else where its files came from. */
export function buildName({ tags, target, context }: Build): string {
  return tags[0] ?? target ?? context ?? 'Build without a name';
}

/** What is worth knowing beside the name, hostile text; empty when nothing is. */
export function buildNote(build: Build): string {
  const { tags, target, dockerfile, context, platforms } = build;
  const notes = [
    tags.length > 1 ? `also ${tags.slice(1).join(', ')}` : '',
    tags.length > 0 && target !== null ? `stage ${target}` : '',
    dockerfile !== null && dockerfile !== 'Dockerfile' ? dockerfile : '',
    context !== null && buildName(build) !== context ? context : '',
    platforms.join(', '),
  ];
  return notes.filter((note) => note !== '').join(' · ');
}

/** "9 steps, 4 from the cache"; empty while BuildKit has not counted them. */
export function stepsNote({ steps }: Build): string {
  const { total, done, cached } = steps;
  if (total === 0) return '';
  const count = done < total ? `${done} of ${total} steps` : total === 1 ? '1 step' : `${total} steps`;
  return cached === 0 ? count : `${count}, ${cached} from the cache`;
}
