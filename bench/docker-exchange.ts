import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { GuestLink } from '../engine/vm/ports.ts';

/** One request of Docker's HTTP API that moves much data. */
export interface DockerExchange {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With query, without version. */
  readonly path: string;
  /** File to be sent. */
  readonly body?: string;
}

/** Docker answers 200 to a load or a build that failed, and says so in its JSON stream. */
const failure = '"errorDetail"';

/** Answers to uploads are short; a longer one is a download, whose bytes only count. */
const keptBytes = 65_536;

/** An emulated guest moves the few megabytes of one exchange in seconds; longer means that it hangs. */
const exchangeTimeoutMs = 300_000;

/** Where an answer is kept in the guest, so that a failure can be told with Docker's words. */
const answerInGuest = '/data/foredeck-bench/answer';

export interface HostExchange extends DockerExchange {
  readonly socketPath: string;
  readonly signal: AbortSignal;
}

/** Seconds an exchange takes through a Unix socket of the host. `body` is a file of the host. */
export async function exchangeOnHost(exchange: HostExchange): Promise<number> {
  const { socketPath, method, path, body } = exchange;
  const started = performance.now();
  const headers = body
    ? { 'Content-Type': 'application/x-tar', 'Content-Length': (await stat(body)).size }
    : {};
  const signal = AbortSignal.any([exchange.signal, AbortSignal.timeout(exchangeTimeoutMs)]);
  const asked = request({ socketPath, method, path, headers, signal });
  const answered = once(asked, 'response').then(async ([response]) => await answerOf(response));
  // Docker may refuse before it has everything, and what it says then explains more than the broken upload.
  const sent = body ? pipeline(createReadStream(body), asked) : asked.end();
  const [answer, sending] = await Promise.allSettled([answered, sent]);
  if (answer.status === 'rejected') throw answer.reason;
  const { status, text } = answer.value;
  if (status >= 300 || text.includes(failure)) {
    throw new Error(`${method} ${path} answered ${status}: ${text.slice(-500)}`);
  }
  if (sending.status === 'rejected') throw sending.reason;
  return (performance.now() - started) / 1_000;
}

async function answerOf(response: IncomingMessage): Promise<{ status: number; text: string }> {
  let text = '';
  for await (const chunk of response as AsyncIterable<Buffer>) {
    if (text.length < keptBytes) text += chunk.toString('latin1', 0, keptBytes);
  }
  return { status: response.statusCode ?? 0, text };
}

/** Seconds the same exchange takes inside the VM, as curl measures them there. `body` is a file of the guest. */
export async function exchangeInGuest(link: GuestLink, exchange: DockerExchange): Promise<number> {
  const { method, path, body } = exchange;
  // Without `Expect`: curl would wait for leave to send, which the host's side does not.
  const upload = body
    ? ['--upload-file', body, '--header', 'Content-Type: application/x-tar', '--header', 'Expect:']
    : [];
  const { code, stdout, stderr } = await link.exec(
    [
      ...['curl', '--silent', '--show-error', '--fail-with-body', '--unix-socket', '/run/docker.sock'],
      ...['--request', method, ...upload, '--output', body ? answerInGuest : '/dev/null'],
      ...['--write-out', '%{time_total}', `http://docker${path}`],
    ],
    { timeoutMs: exchangeTimeoutMs },
  );
  const said = body ? (await link.exec(['tail', '-c', '500', answerInGuest])).stdout : '';
  if (code !== 0 || said.includes(failure)) {
    throw new Error(`${method} ${path} in the VM ended with ${code}: ${stderr}${said}`);
  }
  return Number(stdout);
}
