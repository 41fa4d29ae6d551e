import protobuf from 'protobufjs/light.js';
import { z } from 'zod';

/*
 * As much of BuildKit's control API as is used here, numbers as in its protocol file. Source: moby/buildkit,
 * api/services/control/control.proto (the history came with 0.11; Docker 23 and newer have it).
 */

const text = (id: number) => ({ type: 'string', id });
const texts = (id: number) => ({ keyType: 'string', type: 'string', id });
const flag = (id: number) => ({ type: 'bool', id });
const count = (id: number) => ({ type: 'int32', id });
const time = (id: number) => ({ type: 'Timestamp', id });
const list = (type: string, id: number) => ({ rule: 'repeated', type, id });

const definitions = {
  Timestamp: { fields: { seconds: { type: 'int64', id: 1 }, nanos: count(2) } },
  RpcStatus: { fields: { code: count(1), message: text(2) } },
  Descriptor: { fields: { media_type: text(1), digest: text(2) } },
  BuildResultInfo: { fields: { ResultDeprecated: { type: 'Descriptor', id: 1 } } },
  Exporter: { fields: { Type: text(1), Attrs: texts(2) } },
  BuildHistoryRequest: { fields: { ActiveOnly: flag(1), Ref: text(2), EarlyExit: flag(3) } },
  BuildHistoryEvent: { fields: { type: count(1), record: { type: 'BuildHistoryRecord', id: 2 } } },
  BuildHistoryRecord: {
    fields: {
      Ref: text(1),
      Frontend: text(2),
      FrontendAttrs: texts(3),
      Exporters: list('Exporter', 4),
      error: { type: 'RpcStatus', id: 5 },
      CreatedAt: time(6),
      CompletedAt: time(7),
      ExporterResponse: texts(9),
      Result: { type: 'BuildResultInfo', id: 10 },
      numCachedSteps: count(15),
      numTotalSteps: count(16),
      numCompletedSteps: count(17),
    },
  },
  UpdateBuildHistoryRequest: { fields: { Ref: text(1), Pinned: flag(2), Delete: flag(3) } },
  StatusRequest: { fields: { Ref: text(1) } },
  StatusResponse: { fields: { vertexes: list('Vertex', 1), logs: list('VertexLog', 3) } },
  Vertex: {
    fields: {
      digest: text(1),
      name: text(3),
      cached: flag(4),
      started: time(5),
      completed: time(6),
      error: text(7),
    },
  },
  VertexLog: {
    fields: { vertex: text(1), stream: { type: 'int64', id: 3 }, msg: { type: 'bytes', id: 4 } },
  },
};
export type BuildkitMessage = keyof typeof definitions;

let root: protobuf.Root | undefined;

function typeOf(message: BuildkitMessage): protobuf.Type {
  root ??= protobuf.Root.fromJSON({ nested: definitions });
  return root.lookupType(message);
}

export function encodeMessage(message: BuildkitMessage, value: Record<string, unknown>): Uint8Array {
  return typeOf(message).encode(value).finish();
}

/** Throws what zod throws when the bytes are another message. */
export function decodeMessage<T>(message: BuildkitMessage, schema: z.ZodType<T>, bytes: Uint8Array): T {
  const type = typeOf(message);
  return schema.parse(
    type.toObject(type.decode(bytes), { longs: Number, defaults: true, arrays: true, objects: true }),
  );
}

/** Epoch milliseconds; null for a time that was not given. */
const Time = z
  .object({ seconds: z.number(), nanos: z.number() })
  .nullable()
  .transform((at) => (at === null ? null : at.seconds * 1_000 + Math.floor(at.nanos / 1_000_000)));

export const historyEventTypes = { started: 0, complete: 1, deleted: 2 } as const;

export const HistoryRecord = z.object({
  Ref: z.string(),
  FrontendAttrs: z.record(z.string(), z.string()),
  Exporters: z.array(z.object({ Attrs: z.record(z.string(), z.string()) })),
  error: z.object({ code: z.number(), message: z.string() }).nullable(),
  CreatedAt: Time,
  CompletedAt: Time,
  ExporterResponse: z.record(z.string(), z.string()),
  Result: z.object({ ResultDeprecated: z.object({ digest: z.string() }).nullable() }).nullable(),
  numCachedSteps: z.number(),
  numTotalSteps: z.number(),
  numCompletedSteps: z.number(),
});
export type HistoryRecord = z.infer<typeof HistoryRecord>;

export const HistoryEvent = z.object({ type: z.number(), record: HistoryRecord.nullable() });
export type HistoryEvent = z.infer<typeof HistoryEvent>;

export const BuildNews = z.object({
  vertexes: z.array(
    z.object({
      digest: z.string(),
      name: z.string(),
      cached: z.boolean(),
      started: Time,
      completed: Time,
      error: z.string(),
    }),
  ),
  logs: z.array(z.object({ vertex: z.string(), stream: z.number(), msg: z.instanceof(Uint8Array) })),
});
export type BuildNews = z.infer<typeof BuildNews>;
