import { join } from 'node:path';
import Dockerode from 'dockerode';
import { expect, it } from 'vitest';
import { silentLog } from '../base/log.ts';
import { FakeDocker } from '../testing/fake-docker.ts';
import { withTempFolder } from '../testing/temp-folder.ts';
import { followEvents } from './follow-events.ts';

it('hands over each event, and knows it again across a Docker that dies, and ends with its signal', () =>
  withTempFolder(async (folder) => {
    const socketPath = join(folder, 'd.sock');
    let docker = await FakeDocker.start(socketPath);
    const stop = new AbortController();
    const told: string[] = [];
    const place = { nano: 0 };
    const following = followEvents({
      docker: new Dockerode({ socketPath }),
      readers: [
        {
          onConnected: async () => void told.push('connected'),
          onEvent: (event, age) =>
            told.push(`${event.Type} ${event.Action} ${event.Actor.ID}${age.told ? ' again' : ''}`),
          onLost: () => told.push('lost'),
        },
      ],
      place,
      log: silentLog,
      signal: stop.signal,
    });
    const emit = (Action: string, seconds: number, Actor = {}): void =>
      docker.emitEvent({ Type: 'volume', Action, Actor, timeNano: seconds * 1_000_000_000 });
    await expect.poll(() => docker.watchers, { timeout: 10_000 }).toBe(1);
    emit('create', 1_800_000_001, { ID: 'data' });
    // Docker leaves out what it does not know.
    emit('prune', 1_800_000_002, { Attributes: null });
    await expect.poll(() => told).toEqual(['connected', 'volume create data', 'volume prune ']);
    await docker.close();
    await expect.poll(() => told.at(-1)).toBe('lost');
    docker = await FakeDocker.start(socketPath);
    await expect.poll(() => docker.watchers, { timeout: 10_000 }).toBe(1);
    // Told again, since dockerd remembers: `since` takes in the moment itself.
    emit('prune', 1_800_000_002);
    emit('destroy', 1_800_000_003, { ID: 'data' });
    await expect.poll(() => told.at(-1)).toBe('volume destroy data');
    expect(told.slice(-3)).toEqual(['connected', 'volume prune  again', 'volume destroy data']);
    expect(place.nano).toBe(1_800_000_003_000_000_000);
    stop.abort();
    await following;
    expect(told.at(-1)).toBe('lost');
    await docker.close();
  }));

it('tells what happened before the connection from what happens on it, whatever the clock does then', () =>
  withTempFolder(async (folder) => {
    const socketPath = join(folder, 'd.sock');
    const docker = await FakeDocker.start(socketPath);
    const stop = new AbortController();
    const told: string[] = [];
    const following = followEvents({
      docker: new Dockerode({ socketPath }),
      readers: [{ onEvent: ({ Action }, { past }) => told.push(`${Action} ${past ? 'past' : 'new'}`) }],
      place: { nano: 0 },
      log: silentLog,
      signal: stop.signal,
    });
    await expect.poll(() => docker.watchers, { timeout: 10_000 }).toBe(1);
    const emit = (Action: string, timeNano?: number): void =>
      docker.emitEvent({ Type: 'volume', Action, Actor: { ID: 'data' }, ...(timeNano && { timeNano }) });
    const anHourAgoNano = (Date.now() - 3_600_000) * 1_000_000;
    emit('create', anHourAgoNano);
    emit('mount');
    emit('destroy', anHourAgoNano);
    await expect.poll(() => told).toEqual(['create past', 'mount new', 'destroy new']);
    stop.abort();
    await following;
    await docker.close();
  }));

it('lets a reader that cannot list try again, and no other wait for it', () =>
  withTempFolder(async (folder) => {
    const socketPath = join(folder, 'd.sock');
    const docker = await FakeDocker.start(socketPath);
    const stop = new AbortController();
    const told: string[] = [];
    let attempts = 0;
    const following = followEvents({
      docker: new Dockerode({ socketPath }),
      readers: [
        {
          onConnected: async () => {
            attempts += 1;
            if (attempts === 1) throw new Error('not yet');
            told.push('slow listed');
          },
          onEvent: ({ Action }) => told.push(`slow ${Action}`),
        },
        { onEvent: ({ Action }) => told.push(`quick ${Action}`) },
      ],
      place: { nano: 0 },
      log: silentLog,
      signal: stop.signal,
    });
    await expect.poll(() => docker.watchers, { timeout: 10_000 }).toBe(1);
    docker.emitEvent({ Type: 'volume', Action: 'create', Actor: { ID: 'data' } });
    await expect.poll(() => told).toEqual(['quick create']);
    await expect.poll(() => told, { timeout: 10_000 }).toEqual(['quick create', 'slow listed']);
    docker.emitEvent({ Type: 'volume', Action: 'destroy', Actor: { ID: 'data' } });
    await expect.poll(() => told.slice(2).toSorted()).toEqual(['quick destroy', 'slow destroy']);
    stop.abort();
    await following;
    await docker.close();
  }));
