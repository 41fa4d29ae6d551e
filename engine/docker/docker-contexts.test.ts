import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../base/log.ts';
import { DockerContexts } from './docker-contexts.ts';

/**
 * The part of Docker's CLI that is used, its contexts kept as files: `docker context inspect|create|update|rm`, with
 * the real one's answers and exit codes (28.2.2).
 */
const fakeCli = `#!/bin/sh
test "$1" = context || exit 125
folder=$DOCKER_CONFIG; action=$2; name=$3
case $action in
inspect)
  test -f "$folder/$name" || { echo "context \\"$name\\" does not exist" >&2; exit 1; }
  cat "$folder/$name" ;;
create) test ! -f "$folder/$name" || exit 1 ;;
update) test -f "$folder/$name" || exit 1 ;;
rm)
  test "$(cat "$folder/.current")" != "$name" || { echo "context is in use" >&2; exit 1; }
  rm "$folder/$name" ;;
esac
case $action in
create|update)
  test "$4" = --description && test "$6" = --docker || exit 125
  printf '{"Name":"%s","Metadata":{"Description":"%s"},"Endpoints":{"docker":{"Host":"%s"}}}' \\
    "$name" "$5" "\${7#host=}" > "$folder/$name" ;;
esac
`;

const never = new AbortController().signal;

let folder: string;
let configBefore: string | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fd-'));
  await writeFile(join(folder, '.docker-cli'), fakeCli);
  await chmod(join(folder, '.docker-cli'), 0o755);
  await writeFile(join(folder, '.current'), 'default');
  configBefore = process.env.DOCKER_CONFIG;
  process.env.DOCKER_CONFIG = folder;
});

afterEach(async () => {
  if (configBefore === undefined) delete process.env.DOCKER_CONFIG;
  else process.env.DOCKER_CONFIG = configBefore;
  await rm(folder, { recursive: true, force: true });
});

function contextsOf(home: string): DockerContexts {
  return new DockerContexts({ home, findCli: async () => join(folder, '.docker-cli'), log: silentLog });
}

async function names(): Promise<string[]> {
  return (await readdir(folder)).filter((name) => !name.startsWith('.'));
}

const foredeck = { name: 'foredeck', socketPath: '/home/one/docker.sock' };

describe('DockerContexts', () => {
  it('creates, updates and removes its own', async () => {
    const contexts = contextsOf('/home/one');
    expect(await contexts.put(foredeck, never)).toBeNull();
    expect(await contexts.put({ ...foredeck, socketPath: '/home/one/other.sock' }, never)).toBeNull();
    expect(JSON.parse(await readFile(join(folder, 'foredeck'), 'utf8'))).toMatchObject({
      Metadata: { Description: 'Foredeck (/home/one)' },
      Endpoints: { docker: { Host: 'unix:///home/one/other.sock' } },
    });
    await contexts.remove('foredeck', never);
    expect(await names()).toEqual([]);
  });

  it("leaves another home's alone and says whose it is", async () => {
    await contextsOf('/home/one').put(foredeck, never);
    const other = contextsOf('/home/two');
    const problem = await other.put({ name: 'foredeck', socketPath: '/home/two/docker.sock' }, never);
    expect(problem).toContain('belongs to Foredeck (/home/one)');
    expect(problem).toContain('DOCKER_HOST=unix:///home/two/docker.sock');
    await other.remove('foredeck', never);
    expect(await readFile(join(folder, 'foredeck'), 'utf8')).toContain('/home/one/docker.sock');
  });

  it('leaves the context in use, which is the choice of a person', async () => {
    const contexts = contextsOf('/home/one');
    await contexts.put(foredeck, never);
    await writeFile(join(folder, '.current'), 'foredeck');
    await contexts.remove('foredeck', never);
    expect(await names()).toEqual(['foredeck']);
  });

  it('does nothing without a CLI', async () => {
    const contexts = new DockerContexts({ home: '/home/one', findCli: async () => null, log: silentLog });
    expect(await contexts.put(foredeck, never)).toBeNull();
    await contexts.remove('foredeck', never);
    expect(await names()).toEqual([]);
  });
});
