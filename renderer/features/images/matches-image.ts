import type { DockerImage } from '../../../contract/docker-images.ts';

/** True when every word typed is part of a name, the id or a platform of the image. */
export function matchesImage(image: DockerImage, search: string): boolean {
  const text = [...image.tags, image.id, ...image.platforms.map(({ platform }) => platform)]
    .join(' ')
    .toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
