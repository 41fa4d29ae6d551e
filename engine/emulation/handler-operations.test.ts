import { describe, expect, it } from 'vitest';
import type { Handler } from '../../contract/records.ts';
import { aHandler } from '../testing/sample-records.ts';
import { HandlerOperations } from './handler-operations.ts';

const handler = aHandler();

/** Work which notes what happens to it and ends when told. */
class Work {
  readonly notes: string[];
  readonly name: string;
  readonly #ended = Promise.withResolvers<void>();

  constructor(name: string, notes: string[]) {
    this.name = name;
    this.notes = notes;
  }

  readonly run = async (signal: AbortSignal): Promise<Handler> => {
    this.notes.push(`${this.name} began${signal.aborted ? ' cancelled' : ''}`);
    signal.addEventListener('abort', () => this.notes.push(`${this.name} cancelled`));
    await this.#ended.promise;
    this.notes.push(`${this.name} ended`);
    return handler;
  };

  end(): void {
    this.#ended.resolve();
  }
}

describe('HandlerOperations', () => {
  it('shares the same operation', async () => {
    const operations = new HandlerOperations();
    const notes: string[] = [];
    const on = new Work('on', notes);
    const first = operations.run('arm64', 'on', on.run);
    expect(operations.run('arm64', 'on', on.run)).toBe(first);
    expect(operations.busy('arm64')).toBe(true);
    on.end();
    await first;
    expect(operations.busy('arm64')).toBe(false);
    expect(notes).toEqual(['on began', 'on ended']);
  });

  it('cancels a switch for another, lets it unwind, and keeps the order of many', async () => {
    const operations = new HandlerOperations();
    const notes: string[] = [];
    const [on, off, again] = ['on', 'off', 'again'].map((name) => new Work(name, notes));
    if (!on || !off || !again) throw new Error('three of them');
    const first = operations.run('arm64', 'on', on.run);
    await Promise.resolve();
    void operations.run('arm64', 'off', off.run);
    const last = operations.run('arm64', 'on', again.run);
    expect(notes).toEqual(['on began', 'on cancelled']);
    for (const work of [off, again, on]) work.end();
    await Promise.all([first, last]);
    expect(notes).toEqual([
      'on began',
      'on cancelled',
      'on ended',
      'off began cancelled',
      'off ended',
      'again began',
      'again ended',
    ]);
    expect(operations.busy('arm64')).toBe(false);
  });

  it('lets a test wait for a switch, and a failure hold up nobody', async () => {
    const operations = new HandlerOperations();
    const notes: string[] = [];
    const failing = operations.run('arm64', 'on', () => Promise.reject(new Error('no mirror')));
    const test = new Work('test', notes);
    const testing = operations.run('arm64', 'test', test.run);
    test.end();
    await expect(failing).rejects.toThrow('no mirror');
    await testing;
    expect(notes).toEqual(['test began', 'test ended']);
  });

  it('runs architectures side by side', async () => {
    const operations = new HandlerOperations();
    const notes: string[] = [];
    const arm = new Work('arm64', notes);
    const z = new Work('s390x', notes);
    const both = [operations.run('arm64', 'on', arm.run), operations.run('s390x', 'on', z.run)];
    z.end();
    await both[1];
    expect(notes).toEqual(['arm64 began', 's390x began', 's390x ended']);
    arm.end();
    await both[0];
  });
});
