import { expect, it } from 'vitest';
import { type LaunchDraft, readLaunch as readWithHome } from './launch-draft.ts';

const readLaunch = (draft: LaunchDraft) => readWithHome(draft, '/home/ada');

const draft = (change: Partial<LaunchDraft>): LaunchDraft => ({
  image: 'alpine:3.20',
  arch: null,
  name: '',
  command: '',
  env: '',
  ports: '',
  binds: '',
  ...change,
});

it('reads a whole form', () => {
  const read = readLaunch(
    draft({
      image: ' alpine:3.20 ',
      arch: 'arm64',
      name: 'web',
      command: 'sh -c "echo $A"',
      env: 'A=1\n\nB=x = y',
      ports: '8080:80, 443',
      binds: '~/my site:/srv:ro\n\n/opt/x:/x',
    }),
  );
  expect(read.problems).toEqual({});
  expect(read.launch).toEqual({
    image: 'alpine:3.20',
    arch: 'arm64',
    name: 'web',
    command: ['sh', '-c', 'echo $A'],
    env: { A: '1', B: 'x = y' },
    ports: [
      { hostPort: 8080, containerPort: 80 },
      { hostPort: 443, containerPort: 443 },
    ],
    binds: [
      { hostPath: '/home/ada/my site', containerPath: '/srv', readOnly: true },
      { hostPath: '/opt/x', containerPath: '/x', readOnly: false },
    ],
  });
});

it('an image not named yet is nothing to complain about', () => {
  expect(readLaunch(draft({ image: ' ' }))).toEqual({ launch: null, problems: {} });
});

it('says of each field why it cannot be used', () => {
  const problem = (change: Partial<LaunchDraft>) => {
    const { launch, problems } = readLaunch(draft(change));
    expect(launch).toBeNull();
    return Object.entries(problems);
  };
  expect(problem({ image: 'alpine 3' })).toEqual([['image', 'A reference has no blanks in it.']]);
  expect(problem({ name: '-x' })[0]?.[0]).toBe('name');
  expect(problem({ command: "'" })[0]?.[0]).toBe('command');
  expect(problem({ env: 'A=1\n1B=2' })).toEqual([['env', 'Line 2 is not NAME=value.']]);
  expect(problem({ ports: '80:0' })[0]?.[1]).toMatch(/“80:0” is no port/);
  expect(problem({ ports: '99999' })[0]?.[0]).toBe('ports');
  expect(problem({ binds: '/a:/b\nsite:/x' })).toEqual([
    ['binds', 'Line 2 is not /on/this/computer:/in/the/container.'],
  ]);
  expect(problem({ binds: '/a:/x\n/b:/x:ro' })[0]?.[1]).toMatch(/^Line 2 names a place/);
  expect(problem({ ports: '80 80:81' })).toEqual([['ports', 'Port 80 of this computer is named twice.']]);
});
