import type Dockerode from 'dockerode';

/**
 * A request for which dockerode has no method, or whose query its method drops: `type` of /system/df, `all` of
 * /build/prune. Answers the parsed JSON; rejects as dockerode's methods do.
 */
export function dockerRequest(
  docker: Dockerode,
  options: { method: 'GET' | 'POST'; path: string; query: Record<string, string>; signal: AbortSignal },
): Promise<unknown> {
  const { method, path, query, signal } = options;
  return new Promise((resolve, reject) => {
    docker.modem.dial(
      {
        // The question mark has the modem add the query, which it takes from the options.
        path: Object.keys(query).length > 0 ? `${path}?` : path,
        method,
        options: { _query: query, _body: {} },
        abortSignal: signal,
        statusCodes: { 200: true },
      },
      (error: unknown, answer: unknown) => (error ? reject(error) : resolve(answer)),
    );
  });
}
