import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Programs which share a system, so that what all of them need is configured once for each group: `light` ones are
 * little more than files, `heavy` ones' packages set up users, certificates or compiled modules for minutes.
 */
export const programGroups = ['light', 'heavy'] as const;
export type ProgramGroup = (typeof programGroups)[number];

/** A program of the corpus. */
export interface Program {
  readonly name: string;
  /** For people. */
  readonly title: string;
  readonly group: ProgramGroup;
  /** Debian packages; the first one's version is the program's. */
  readonly packages: readonly string[];
  /** What it is made to do, for people. */
  readonly does: string;
  /**
   * The last line `checks/<name>.sh` has to print. Known from elsewhere: worked out by hand, or printed by the same
   * program, natively, on another machine.
   */
  readonly expected: string;
  readonly timeoutMs: number;
}

const minuteMs = 60_000;

export const programs: readonly Program[] = [
  {
    name: 'bash',
    title: 'bash',
    group: 'light',
    packages: ['bash'],
    does: 'arrays, pipes, subshells, traps',
    expected: '338350 alpha bravo charlie delta 7 50 trapped',
    timeoutMs: 10 * minuteMs,
  },
  {
    name: 'perl',
    title: 'Perl',
    group: 'light',
    packages: ['perl'],
    does: 'hashes, regular expressions, fork, SHA-256',
    expected: '3:4,4:2,5:3 5 c085a1fcbe94471b',
    timeoutMs: 10 * minuteMs,
  },
  {
    name: 'sqlite',
    title: 'SQLite',
    group: 'light',
    packages: ['sqlite3'],
    does: 'a transaction, a join, a recursive query, an integrity check',
    expected: 'Lima=374875 Oslo=375375 Pune=375125 ok',
    timeoutMs: 10 * minuteMs,
  },
  {
    name: 'curl',
    title: 'curl',
    group: 'light',
    packages: ['curl'],
    does: 'a file in two ranges, put together again',
    expected: 'joined 2 f6351f5ead9a700e',
    timeoutMs: 10 * minuteMs,
  },
  {
    name: 'redis',
    title: 'Redis',
    group: 'heavy',
    packages: ['redis-server'],
    does: 'server and client over TCP: counters, sets, Lua, a snapshot',
    expected: 'hello 42 4 one 500500 REDIS',
    timeoutMs: 15 * minuteMs,
  },
  {
    name: 'nginx',
    title: 'nginx',
    group: 'heavy',
    packages: ['nginx', 'curl'],
    does: 'two workers: files, a redirect, a proxy, fetched by curl',
    expected: 'f6351f5ead9a700e f6351f5ead9a700e 301 404',
    timeoutMs: 15 * minuteMs,
  },
  {
    name: 'git',
    title: 'Git',
    group: 'light',
    packages: ['git'],
    does: 'commits, a merge, gc, fsck, a clone',
    expected: '4 0561a71e4f7e56af 101',
    timeoutMs: 15 * minuteMs,
  },
  {
    name: 'python3',
    title: 'Python',
    group: 'heavy',
    packages: ['python3'],
    does: 'threads, JSON, hashing, a subprocess, big integers',
    expected: '303 f44715e9540ccaeb 3 678144625 841470985',
    timeoutMs: 15 * minuteMs,
  },
  {
    name: 'nodejs',
    title: 'Node.js',
    group: 'light',
    packages: ['nodejs'],
    does: 'the JIT compiler, a worker thread, hashing, promises',
    expected: '3644761281 730bc329ebcd24c6 42 6 1180591620717411303424',
    timeoutMs: 15 * minuteMs,
  },
  {
    name: 'gcc',
    title: 'GCC',
    group: 'light',
    packages: ['gcc', 'libc6-dev'],
    does: 'compiles with -O2, links, runs the threaded result',
    expected: 'd4a813b755f72103 841470985',
    timeoutMs: 15 * minuteMs,
  },
  {
    name: 'java',
    title: 'OpenJDK 21',
    group: 'heavy',
    packages: ['openjdk-21-jre-headless'],
    does: 'the JIT compilers, a thread pool, streams, exceptions',
    expected: '3644761281 303 f22cc1c3903d53d2 caught',
    timeoutMs: 20 * minuteMs,
  },
  {
    name: 'postgresql',
    title: 'PostgreSQL 17',
    group: 'heavy',
    packages: ['postgresql-17'],
    does: 'initdb, tables, a rollback, window functions, a clean stop',
    expected: '1=1501500,2=1499500,3=1500500 1000 stopped',
    timeoutMs: 30 * minuteMs,
  },
];

/** The script that makes the program work, for `bash -euo pipefail -c`. */
export async function checkScript(program: Program): Promise<string> {
  return await readFile(join(import.meta.dirname, 'checks', `${program.name}.sh`), 'utf8');
}
