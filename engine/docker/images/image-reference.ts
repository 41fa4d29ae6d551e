import type { DockerImage } from '../../../contract/docker-images.ts';
import { EngineError } from '../../base/engine-error.ts';

/** An image's name in parts: `registry.example.org:5000/team/app:1.2` is repository and tag. */
export interface ImageReference {
  /** As Docker shows it: without `docker.io/` and `library/`. */
  readonly repository: string;
  /** `latest` where none was given; null beside a digest. */
  readonly tag: string | null;
  readonly digest: string | null;
  /** The whole, as Docker takes it; never without tag and digest, for Docker would pull every tag there is. */
  readonly text: string;
}

/** Docker's grammar in short (distribution/reference); it becomes part of a request's path. */
const grammar =
  /^(?<repository>[a-zA-Z0-9]+(?:[._-]+[a-zA-Z0-9]+)*(?::\d{1,5}(?=\/))?(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*)(?::(?<tag>\w[\w.-]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$/;

/** Throws `bad_input` for what Docker would not take. */
export function parseReference(text: string): ImageReference {
  const { repository, tag, digest } = grammar.exec(text)?.groups ?? {};
  if (repository === undefined) {
    throw new EngineError({
      code: 'bad_input',
      message: `"${text}" is not the name of an image.`,
      hint: 'A name is lower case letters, digits, ., _, - and /, then perhaps :tag, such as alpine:3.20.',
    });
  }
  const short = repository.replace(/^(?:index\.)?docker\.io\//, '').replace(/^library\//, '');
  const name = tag === undefined && digest === undefined ? 'latest' : (tag ?? null);
  const written = `${short}${name === null ? '' : `:${name}`}${digest === undefined ? '' : `@${digest}`}`;
  return { repository: short, tag: name, digest: digest ?? null, text: written };
}

/** An image's id, or enough of its beginning, as `docker images` prints it. */
const idPattern = /^(?:sha256:)?(?<hex>[0-9a-f]{12,64})$/;

/** The row that a person means by `text`: a tag first, then an id or its beginning. */
export function findImage(rows: readonly DockerImage[], text: string): DockerImage | undefined {
  const hex = idPattern.exec(text)?.groups?.hex;
  if (hex !== undefined) {
    const found = rows.find((row) => row.id.startsWith(`sha256:${hex}`));
    if (found || text.startsWith('sha256:')) return found;
  }
  const reference = parseReference(text);
  if (reference.digest !== null) return rows.find((row) => row.id === reference.digest);
  return rows.find((row) => row.tags.includes(reference.text));
}
