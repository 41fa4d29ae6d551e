import { spawn } from 'node:child_process';
import { ExecClientMessage } from '../../contract/terminal.ts';
import type { RawStream } from '../api.ts';

/** Runs a program of this machine over the raw exec protocol of contract/terminal.ts. */
export function runOnStream(file: string, args: readonly string[], stream: RawStream): void {
  const child = spawn(file, args, { stdio: 'pipe' });
  const pass = (channel: number) => (bytes: Buffer) =>
    stream.send(Buffer.concat([Buffer.of(channel), bytes]));
  child.stdout.on('data', pass(1));
  child.stderr.on('data', pass(2));
  child.stdin.on('error', () => undefined);
  child.on('error', (error) => finish(127, error.message));
  child.on('close', (code) => finish(code, ''));
  const finish = (code: number | null, reason: string): void => {
    stream.send(JSON.stringify({ type: 'exit', code, reason }));
    stream.close();
  };
  stream.onMessage((message) => {
    if (typeof message !== 'string') {
      if (child.stdin.write(message)) return;
      return new Promise<void>((resolve) => child.stdin.once('drain', resolve).once('close', resolve));
    }
    ExecClientMessage.parse(JSON.parse(message));
    child.stdin.end();
    return;
  });
  stream.onClose(() => child.kill());
}
