/**
 * Containers of Foredeck's own that people have no use for seeing, such as the lens's copies and the self-test's
 * probe, carry this label. It hides a row and nothing else: `docker ps` shows them like any other.
 */
export const hiddenLabel = 'dev.foredeck.hidden';

/** Labels of a container or of one of its events. */
export function isHidden(labels: Readonly<Record<string, string>> | null | undefined): boolean {
  return labels?.[hiddenLabel] === 'true';
}

/** What to create such a container with. */
export const hidden: Readonly<Record<string, string>> = { [hiddenLabel]: 'true' };
