/*
 * Containers of Foredeck's own that people have no use for seeing: the lens's copies, the self-test's probe. They are
 * hidden from the list of containers and from nothing else: `docker ps` shows them like any other.
 */

const label = 'dev.foredeck.hidden';

/**
 * An image's maker chooses its labels, and containers inherit them; names are chosen by who starts a container. So a
 * container is hidden by both together, and no image can hide itself.
 */
const namePrefix = 'foredeck-hidden-';

/** Labels to create such a container with; its name comes from `hiddenName`. */
export const hiddenLabels: Readonly<Record<string, string>> = { [label]: 'true' };

/** `suffix` makes it unique and may hold letters, digits, `_`, `.` and `-`. */
export function hiddenName(suffix: string): string {
  return `${namePrefix}${suffix}`;
}

/** For `GET /containers/json`: every hidden container, and those that only have the label. */
export const hiddenFilter: Readonly<Record<string, string[]>> = { label: [`${label}=true`] };

/** `name` with or without Docker's slash in front; an event's attributes hold the labels, too. */
export function isHidden(
  name: string | undefined,
  labels: Readonly<Record<string, string>> | null | undefined,
): boolean {
  return labels?.[label] === 'true' && (name?.replace(/^\//, '').startsWith(namePrefix) ?? false);
}

/** Far more than a test program's image takes. */
const hiddenImageMaxBytes = 200_000;

/**
 * An image made for one hidden container, by its name and its size: archives carry names, too, and nothing of any use
 * may hide itself.
 */
export function isHiddenImage({
  RepoTags,
  Size,
}: {
  RepoTags?: string[] | null | undefined;
  Size: number;
}): boolean {
  const tags = RepoTags ?? [];
  return tags.length > 0 && tags.every((tag) => tag.startsWith(namePrefix)) && Size <= hiddenImageMaxBytes;
}
