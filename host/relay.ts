import type { WebSocketRawStream } from '../engine/rpc/raw-stream.ts';

/** What may wait for a slow reader before its writer is made to wait. */
const maxWaitingBytes = 1024 * 1024;

/** Joins two streams, message for message and unread. Either end's close closes the other, after what was sent. */
export function relay(one: WebSocketRawStream, other: WebSocketRawStream): void {
  pass(one, other);
  pass(other, one);
}

function pass(from: WebSocketRawStream, to: WebSocketRawStream): void {
  from.onMessage((message) => {
    if (to.bufferedBytes < maxWaitingBytes) {
      to.send(message);
      return;
    }
    return new Promise((resolve) => to.send(message, resolve));
  });
  from.onClose((code, reason) => {
    void from.delivered().then(() => to.close(sendableCode(code), reason));
  });
}

/** 1005, 1006 and 1015 say how a connection ended and may not be sent (RFC 6455 section 7.4.1). */
function sendableCode(code: number): number {
  if (code === 1005) return 1000;
  return code === 1006 || code === 1015 ? 1011 : code;
}
