import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 random bits: nothing to guess, whatever the rate. */
const secretBytes = 32;

/** Printed addresses which have not been opened yet; an older one is worth nothing once there are newer ones. */
const maxTokens = 8;

/** Tabs of one person; the one opened first loses its key. */
const maxKeys = 64;

/** Wrong tokens within one window, from anywhere, before every exchange has to wait. */
const maxFailures = 20;
const failureWindowMs = 60_000;

/**
 * Who may use the engine through a browser. A token is worth one exchange for a key; a key lasts as long as this
 * process. Only digests are kept, and compared in constant time.
 */
export class Sessions {
  #tokens: Buffer[] = [];
  #keys: Buffer[] = [];
  #failures: number[] = [];

  issueToken(): string {
    const token = randomBytes(secretBytes).toString('base64url');
    this.#tokens = [...this.#tokens, digest(token)].slice(-maxTokens);
    return token;
  }

  /** A key for the token, which is used up; `refused` for any other token, `wait` after many of those. */
  exchange(token: string, now = Date.now()): { key: string } | 'refused' | 'wait' {
    this.#failures = this.#failures.filter((at) => now - at < failureWindowMs);
    if (this.#failures.length >= maxFailures) return 'wait';
    const asked = digest(token);
    const others = this.#tokens.filter((known) => !timingSafeEqual(known, asked));
    if (others.length === this.#tokens.length) {
      this.#failures.push(now);
      return 'refused';
    }
    this.#tokens = others;
    const key = randomBytes(secretBytes).toString('base64url');
    this.#keys = [...this.#keys, digest(key)].slice(-maxKeys);
    return { key };
  }

  accepts(key: string): boolean {
    const asked = digest(key);
    // Every key is compared: how long it takes tells nothing.
    return this.#keys.filter((known) => timingSafeEqual(known, asked)).length > 0;
  }
}

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
