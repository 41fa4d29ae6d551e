import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';

/** Commands of busybox that people and tests call by name; a container's file system has no maintainer's script. */
const applets = (
  'ash cat cp date dd echo env false grep head httpd id kill ls mkdir mv nc ps pwd rm seq sed sh sleep sort stty tail ' +
  'test top touch true tty uname vi wc wget yes'
).split(' ');

/** A complete container file system around a statically linked busybox, as a tar for `docker import`. */
export async function busyboxFilesystem(busybox: Buffer): Promise<Buffer> {
  const tar = pack();
  for (const name of ['bin', 'dev', 'etc', 'proc', 'root', 'sys', 'tmp']) {
    tar.entry({ name, type: 'directory', mode: name === 'tmp' ? 0o1777 : 0o755 });
  }
  tar.entry({ name: 'bin/busybox', mode: 0o755 }, busybox);
  for (const name of applets) {
    tar.entry({ name: `bin/${name}`, type: 'symlink', linkname: 'busybox', mode: 0o777 });
  }
  tar.entry({ name: 'etc/passwd' }, 'root:x:0:0:root:/root:/bin/sh\n');
  tar.finalize();
  return await buffer(tar);
}
