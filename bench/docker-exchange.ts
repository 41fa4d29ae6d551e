import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { request } from 'node:http';
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

/** Seconds an exchange takes through a Unix socket of the host. `body` is a file of the host. */
export async function exchangeOnHost(socketPath: string, exchange: DockerExchange): Promise<number> {
  const { method, path, body } = exchange;
  const started = performance.now();
  const headers = body
    ? { 'Content-Type': 'application/x-tar', 'Content-Length': (await stat(body)).size }
    : {};
  const asked = request({ socketPath, method, path, headers });
  const answered = new Promise<{ status: number; text: string }>((resolve, reject) => {
    asked.once('error', reject);
    asked.once('response', async (response) => {
      let text = '';
      for await (const chunk of response as AsyncIterable<Buffer>) {
        if (text.length < keptBytes) text += chunk.toString('latin1', 0, keptBytes);
      }
      resolve({ status: response.statusCode ?? 0, text });
    });
  });
  if (body) await Promise.all([pipeline(createReadStream(body), asked), answered]);
  else asked.end();
  const { status, text } = await answered;
  if (status >= 300 || text.slice(0, keptBytes).includes(failure)) {
    throw new Error(`${method} ${path} answered ${status}: ${text.slice(0, 500)}`);
  }
  return (performance.now() - started) / 1_000;
}

/** Seconds the same exchange takes inside the VM, as curl measures them there. `body` is a file of the guest. */
export async function exchangeInGuest(link: GuestLink, exchange: DockerExchange): Promise<number> {
  const { method, path, body } = exchange;
  // Without `Expect`: curl would wait for leave to send, which the host's side does not.
  const upload = body
    ? ['--upload-file', body, '--header', 'Content-Type: application/x-tar', '--header', 'Expect:']
    : [];
  const answer = '/root/foredeck-bench/answer';
  const { code, stdout, stderr } = await link.exec(
    [
      ...['curl', '--silent', '--show-error', '--fail', '--unix-socket', '/run/docker.sock'],
      ...['--request', method, ...upload, '--output', body ? answer : '/dev/null'],
      ...['--write-out', '%{time_total}', `http://docker${path}`],
    ],
    { timeoutMs: 300_000 },
  );
  if (code !== 0) throw new Error(`${method} ${path} in the VM: ${stderr}`);
  if (body && (await link.exec(['grep', '-c', failure, answer])).stdout.trim() !== '0') {
    throw new Error(
      `${method} ${path} in the VM: ${(await link.exec(['tail', '-c', '500', answer])).stdout}`,
    );
  }
  return Number(stdout);
}
