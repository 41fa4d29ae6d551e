import type { Build, BuildStatus } from '../../../contract/builds.ts';
import type { HistoryRecord } from './buildkit-messages.ts';

/** gRPC's code for a call that was given up: somebody pressed Ctrl-C (doc/statuscodes.md). */
const cancelled = 1;

/** A build out of BuildKit's record of it. */
export function buildFrom(record: HistoryRecord): Build {
  const { Ref, FrontendAttrs: asked, error, CreatedAt, CompletedAt } = record;
  return {
    ref: Ref,
    tags: tagsOf(record),
    image: record.Result?.ResultDeprecated?.digest ?? null,
    target: asked.target || null,
    dockerfile: asked.filename || null,
    // A folder of the client's comes without its name, unless it is a git checkout.
    context: asked.context || asked['vcs:source'] || asked['vcs:localdir:context'] || null,
    platforms: (asked.platform ?? '').split(',').filter((platform) => platform !== ''),
    status: statusOf(record),
    startedAt: CreatedAt ?? 0,
    finishedAt: CompletedAt,
    error: error && error.code !== 0 ? error.message : null,
    steps: {
      total: Math.max(0, record.numTotalSteps),
      done: Math.max(0, record.numCompletedSteps),
      cached: Math.max(0, record.numCachedSteps),
    },
  };
}

function statusOf({ error, CompletedAt }: HistoryRecord): BuildStatus {
  if (error && error.code !== 0) return error.code === cancelled ? 'cancelled' : 'failed';
  return CompletedAt === null ? 'running' : 'completed';
}

/** Names as Docker shows them, `docker.io/library/alpine:3.20` shortened. The BuildKit in Docker 26 records none. */
function tagsOf({ Exporters: exporters, ExporterResponse: response }: HistoryRecord): string[] {
  const names = [...exporters.map(({ Attrs }) => Attrs.name ?? ''), response['image.name'] ?? ''];
  const tags = names.flatMap((name) => name.split(',')).filter((name) => name !== '');
  return [...new Set(tags.map((tag) => tag.replace(/^docker\.io\/(?:library\/)?/, '')))];
}
