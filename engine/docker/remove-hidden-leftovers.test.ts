import { join } from 'node:path';
import Dockerode from 'dockerode';
import { expect, it } from 'vitest';
import { FakeDocker } from '../testing/fake-docker.ts';
import { withTempFolder } from '../testing/temp-folder.ts';
import { hiddenLabels, hiddenName } from './hidden-containers.ts';
import { removeHiddenLeftovers } from './remove-hidden-leftovers.ts';

it('removes what an earlier engine left, and nothing that only has the label', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'd.sock');
    const docker = await FakeDocker.start(path);
    docker.add({ id: 'left', name: hiddenName('lens-1'), labels: hiddenLabels });
    docker.add({ id: 'leaving', name: hiddenName('lens-2'), labels: hiddenLabels });
    docker.add({ id: 'sly', name: 'web', labels: hiddenLabels });
    const images = [
      { Id: 'sha256:left', RepoTags: [`${hiddenName('once-1')}:latest`], Size: 8_192 },
      { Id: 'sha256:named', RepoTags: [`${hiddenName('once-2')}:latest`, 'mine:1'], Size: 8_192 },
      { Id: 'sha256:large', RepoTags: [`${hiddenName('once-3')}:latest`], Size: 5_000_000 },
      { Id: 'sha256:unnamed', RepoTags: null, Size: 8_192 },
    ];
    docker.answer = ({ method, path: asked }) => {
      if (asked === '/images/json') return { status: 200, body: images };
      if (method !== 'DELETE') return undefined;
      if (asked.startsWith('/images/')) return { status: 200, body: [] };
      // Another run is removing it at this moment.
      return asked.includes('leaving') ? { status: 409, body: { message: 'in progress' } } : { status: 204 };
    };
    await removeHiddenLeftovers(new Dockerode({ socketPath: path }), new AbortController().signal);
    expect(docker.requests.filter((request) => request.startsWith('DELETE'))).toEqual([
      'DELETE /containers/left?force=true&v=true',
      'DELETE /containers/leaving?force=true&v=true',
      `DELETE /images/${hiddenName('once-1')}:latest?force=true`,
    ]);
    await docker.close();
  }));
