import type { ErrorCode, WireError } from '../../contract/errors.ts';

export interface EngineErrorInput {
  readonly code: ErrorCode;
  /** What failed, which one and why: `Cannot start VM "dev": port 2222 is in use.` */
  readonly message: string;
  /** The next step a person can take. */
  readonly hint?: string;
  /** Short pieces of evidence; hostile text is fine, clients show it as text. */
  readonly details?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** The only error that crosses a transport. Everything else becomes one with code `internal`. */
export class EngineError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;
  readonly details: Readonly<Record<string, string>>;

  constructor(input: EngineErrorInput) {
    super(input.message, input.cause === undefined ? undefined : { cause: input.cause });
    this.name = 'EngineError';
    this.code = input.code;
    this.hint = input.hint ?? '';
    this.details = input.details ?? {};
  }

  toWire(): WireError {
    return { code: this.code, message: this.message, hint: this.hint, details: { ...this.details } };
  }
}

/** Any thrown value as an EngineError; an abort becomes `cancelled`, which is not a failure, a full disk `disk_full`. */
export function toEngineError(thrown: unknown): EngineError {
  if (thrown instanceof EngineError) return thrown;
  if (isAbort(thrown)) return new EngineError({ code: 'cancelled', message: 'Cancelled', cause: thrown });
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const errno = errnoOf(thrown);
  if (errno === 'ENOSPC' || errno === 'EDQUOT') {
    return new EngineError({
      code: 'disk_full',
      message: `The disk is full (${message}).`,
      hint: 'Free some space on the disk that holds FOREDECK_HOME and try again.',
      cause: thrown,
    });
  }
  return new EngineError({
    code: 'internal',
    message,
    hint: 'This is a defect in Foredeck; engine.log in FOREDECK_HOME has the details.',
    cause: thrown,
  });
}

/** Whether `thrown` says that somebody cancelled, rather than that something failed. */
export function isAbort(thrown: unknown): boolean {
  if (thrown instanceof EngineError) return thrown.code === 'cancelled';
  return thrown instanceof Error && (thrown.name === 'AbortError' || thrown.name === 'CancelError');
}

/** The `code` of a Node system error (`ENOENT`), or undefined. */
export function errnoOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}
