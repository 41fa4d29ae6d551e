import { Scope } from '../../base/scope.ts';
import type { DockerConnection } from '../docker-connection.ts';
import { encodeMessage } from './buildkit-messages.ts';
import { GrpcSession } from './grpc-session.ts';

/** Removes a build from BuildKit's history; its result and its cache stay. */
export async function forgetBuild({ docker, signal }: DockerConnection, ref: string): Promise<void> {
  const scope = new Scope('forget build');
  try {
    const session = await GrpcSession.open(docker, scope);
    const request = encodeMessage('UpdateBuildHistoryRequest', { Ref: ref, Delete: true });
    for await (const _answer of session.call('UpdateBuildHistory', request, signal)) {
      // It is empty.
    }
  } finally {
    await scope.close();
  }
}
