import { expect, test } from 'vitest';
import { refuseShare } from './refuse-share.ts';

const of = (path: string, realPath = path): (() => void) => {
  return () => refuseShare({ path, realPath, home: '/home/ada/.foredeck', userHome: '/home/ada' });
};

test.each([
  '/home/ada/project',
  '/home/ada',
  '/srv/data',
  '/tmp/work',
  '/run/media/ada/stick',
  '/root',
  '/usrlocal',
])('shares %s', (path) => {
  expect(of(path)).not.toThrow();
});

test.each([
  ['/', 'its own files'],
  ['/usr/local/src', 'the VM has its own /usr'],
  ['/var/run', 'the VM has its own /var'],
  ['/proc', 'the VM has its own /proc'],
  ['/run/media', 'the VM has its own /run'],
  ['/tmp', 'temporary files'],
  ['/home', 'Foredeck keeps its own files in /home/ada/.foredeck'],
  ['/home/ada/.foredeck', 'its own files'],
  ['/home/ada/.foredeck/vms/service', 'its own files'],
])('refuses %s and says why', (path, why) => {
  expect(of(path)).toThrow(why);
});

test('a symbolic link is refused for where it leads', () => {
  expect(of('/home/ada/link', '/etc/ssl')).toThrow('Cannot share /home/ada/link: the VM has its own /etc');
});
