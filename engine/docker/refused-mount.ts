/**
 * What the guest's share-guard said to a container which wants a folder of the host that is not shared, without dockerd's
 * words in front (moby: pkg/authorization, newAuthorizationError). Undefined for any other message of Docker's.
 */
export function refusedMount(
  dockerMessage: string,
): { code: 'not_shared'; message: string; hint: string } | undefined {
  const said = /^authorization denied by plugin foredeck: (.+\.) (Share .+)$/s.exec(dockerMessage);
  const [, message, hint] = said ?? [];
  return message && hint ? { code: 'not_shared', message, hint } : undefined;
}
