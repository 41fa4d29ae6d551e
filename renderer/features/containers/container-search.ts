import type { Container } from '../../../contract/records.ts';

/** Whether every word typed is found in what a row shows of a container, whatever its case. */
export function containerSearch(search: string): (container: Container) => boolean {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return () => true;
  return ({ id, name, image, composeProject, arch, execution, state, status, ports }) => {
    const text = [
      name,
      image,
      composeProject ?? '',
      arch ?? '',
      execution,
      state,
      status,
      ...ports.map(({ hostPort }) => String(hostPort)),
    ]
      .join('\n')
      .toLowerCase();
    return words.every((word) => text.includes(word) || id.startsWith(word));
  };
}
