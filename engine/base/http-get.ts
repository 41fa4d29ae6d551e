import { get as httpGet, type IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';
import { Readable } from 'node:stream';

/** As browsers have it, less would do for any mirror. */
const mostRedirects = 10;

/**
 * What `fetch` would answer to a GET, by Node's own client: through a proxy `fetch` asks for a tunnel even for plain http,
 * which proxies refuse to port 80 (squid's own rules), and it asks again without end (Node 24.21, undici 7.29).
 */
export async function httpGetResponse(
  url: string,
  options: { headers?: Record<string, string>; signal: AbortSignal },
): Promise<Response> {
  let at = new URL(url);
  for (let redirects = 0; ; redirects += 1) {
    const message = await ask(at, options);
    const { statusCode = 0, headers } = message;
    const isRedirect = [301, 302, 303, 307, 308].includes(statusCode) && headers.location !== undefined;
    if (!isRedirect) return asResponse(message);
    message.resume();
    if (redirects === mostRedirects) throw new Error(`${url} leads on and on`);
    const next = new URL(headers.location ?? '', at);
    if (!/^https?:$/.test(next.protocol)) throw new Error(`${url} leads to ${next.protocol}`);
    at = next;
  }
}

function ask(
  url: URL,
  { headers, signal }: { headers?: Record<string, string>; signal: AbortSignal },
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const get = url.protocol === 'https:' ? httpsGet : httpGet;
    get(url, { headers: { ...headers }, signal }, resolve).once('error', (error) =>
      reject(signal.aborted ? signal.reason : error),
    );
  });
}

function asResponse(message: IncomingMessage): Response {
  const { statusCode = 0, statusMessage = '' } = message;
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(message.headersDistinct)) {
    for (const value of values) headers.append(name, value);
  }
  const hasBody = ![204, 205, 304].includes(statusCode);
  if (!hasBody) message.resume();
  const body = hasBody ? (Readable.toWeb(message) as ReadableStream<Uint8Array>) : null;
  return new Response(body, { status: statusCode, statusText: statusMessage, headers });
}
