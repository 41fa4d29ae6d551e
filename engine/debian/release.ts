import { type Key, readCleartextMessage, readKeys, verify } from 'openpgp';
import { EngineError, toEngineError } from '../base/engine-error.ts';
import { parseStanza } from './control-file.ts';

/** What a verified `InRelease` says. Source: https://wiki.debian.org/DebianRepository/Format */
export interface Release {
  readonly suite: string;
  readonly codename: string;
  readonly date: Date;
  readonly validUntil: Date | null;
  readonly acquireByHash: boolean;
  /** Index files by their path below the suite. */
  readonly files: ReadonlyMap<string, { readonly sha256: string; readonly sizeBytes: number }>;
}

/** Reads a keyring file, binary (`.gpg`) or armoured (`.asc`). */
export async function readKeyring(content: Uint8Array): Promise<Key[]> {
  const armoured = Buffer.from(content).subarray(0, 5).toString('latin1') === '-----';
  return armoured
    ? await readKeys({ armoredKeys: Buffer.from(content).toString('latin1') })
    : await readKeys({ binaryKeys: content });
}

/**
 * Checks the signature of an `InRelease` and reads it; only signed text is looked at. One good signature by a key of
 * the ring is enough: Debian signs with the keys of several releases. Throws `signature_invalid`.
 */
export async function verifyRelease(options: {
  inRelease: string;
  keys: Key[];
  /** Named in errors: where the text came from. */
  source: string;
  /** The suite asked for: another suite's release, however well signed, is refused. */
  suite: string;
  now: Date;
}): Promise<Release> {
  const signedText = await verifiedText(options);
  const release = parseRelease(signedText);
  if (release.codename !== options.suite && release.suite !== options.suite) {
    throw new EngineError({
      code: 'signature_invalid',
      message: `${options.source} is signed, but for suite "${release.codename || release.suite}" and not "${options.suite}".`,
      hint: mirrorHint,
    });
  }
  return release;
}

const mirrorHint =
  'The mirror, or something between it and this machine, altered the file. Nothing was installed; try another mirror.';

async function verifiedText(options: {
  inRelease: string;
  keys: Key[];
  source: string;
  now: Date;
}): Promise<string> {
  const reasons: string[] = [];
  try {
    const message = await readCleartextMessage({ cleartextMessage: options.inRelease });
    // A cleartext message is verified over its text as OpenPGP normalises it, which is what getText returns.
    const result = await verify({ message, verificationKeys: options.keys, date: options.now });
    for (const signature of result.signatures) {
      try {
        await signature.verified;
        return result.data;
      } catch (thrown) {
        reasons.push(`key ${signature.keyID.toHex()}: ${toEngineError(thrown).message}`);
      }
    }
    if (result.signatures.length === 0) reasons.push('it has no signature');
  } catch (thrown) {
    reasons.push(toEngineError(thrown).message);
  }
  throw new EngineError({
    code: 'signature_invalid',
    message: `${options.source} has no valid signature by Debian's archive keys.`,
    hint: mirrorHint,
    details: { reasons: reasons.join('; ') },
  });
}

/** Throws `signature_invalid` when the mirror serves a release which its makers no longer vouch for. */
export function refuseExpired(release: Release, source: string, now: Date): void {
  if (release.validUntil === null || release.validUntil >= now) return;
  throw new EngineError({
    code: 'signature_invalid',
    message: `${source} was valid until ${release.validUntil.toISOString()} only: the mirror is out of date, or this machine's clock is wrong (it says ${now.toISOString()}).`,
    hint: 'Check the clock; otherwise name another mirror (setting "mirror", or FOREDECK_MIRROR).',
  });
}

export function parseRelease(text: string): Release {
  const fields = parseStanza(text);
  const files = new Map<string, { sha256: string; sizeBytes: number }>();
  for (const line of (fields.get('sha256') ?? '').split('\n')) {
    const [sha256, size, path] = line.trim().split(/\s+/);
    if (sha256 && size && path) files.set(path, { sha256, sizeBytes: Number(size) });
  }
  const validUntil = fields.get('valid-until');
  return {
    suite: fields.get('suite') ?? '',
    codename: fields.get('codename') ?? '',
    date: new Date(fields.get('date') ?? 0),
    validUntil: validUntil === undefined ? null : new Date(validUntil),
    acquireByHash: fields.get('acquire-by-hash') === 'yes',
    files,
  };
}
