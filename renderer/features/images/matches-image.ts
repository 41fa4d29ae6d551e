import type { DockerImage } from '../../../contract/docker-images.ts';
import { matchesWords } from '../../ui/text/matches-words.ts';

/** True when every word typed is part of a name, the id or a platform of the image. */
export function matchesImage(image: DockerImage, search: string): boolean {
  const platforms = image.platforms.map(({ platform }) => platform);
  return matchesWords([...image.tags, image.id, ...platforms].join(' '), search);
}
