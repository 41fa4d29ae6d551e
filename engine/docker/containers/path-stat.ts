import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { EngineError } from '../../base/engine-error.ts';
import type { DockerConnection } from '../docker-connection.ts';

/** What Docker says of a path in a container. */
export interface PathStat {
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  readonly sizeBytes: number;
  /** Of a link: where it ends, inside the container. */
  readonly target: string;
}

/** `X-Docker-Container-Path-Stat`, base64 of JSON. Source: Docker Engine API 1.45, ContainerArchiveInfo. */
const header = 'x-docker-container-path-stat';
const Stat = z.object({
  size: z.number(),
  /** Go's os.FileMode. */
  mode: z.number().int().nonnegative(),
  linkTarget: z.string(),
});

/** Bits of Go's os.FileMode (package io/fs): directory, and all that is no plain file. */
const folderBit = 2 ** 31;
const linkBit = 2 ** 27;
const specialBits = [2 ** 26, 2 ** 25, 2 ** 24, 2 ** 21, 2 ** 19];

/** Rejects as dockerode does: with status 404 for a path that is not there. */
export async function readPathStat(
  { docker, signal }: DockerConnection,
  container: string,
  path: string,
): Promise<PathStat> {
  const answer: IncomingMessage = await docker
    .getContainer(container)
    .infoArchive({ path, abortSignal: signal });
  answer.resume();
  const told = answer.headers[header];
  const stat = Stat.safeParse(parsed(typeof told === 'string' ? told : '')).data;
  if (!stat) {
    throw new EngineError({
      code: 'docker_failed',
      message: `Docker does not say what "${path}" is.`,
      hint: 'Try again; if that fails the same way, restart the VM.',
    });
  }
  const has = (bit: number): boolean => Math.floor(stat.mode / bit) % 2 === 1;
  const kind = has(folderBit) ? 'folder' : has(linkBit) ? 'link' : specialBits.some(has) ? 'other' : 'file';
  return { kind, sizeBytes: stat.size, target: stat.linkTarget };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64').toString('utf8'));
  } catch {
    return undefined;
  }
}
