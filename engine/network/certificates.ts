import { X509Certificate } from 'node:crypto';
import type { Certificate } from '../../contract/host-network.ts';
import { EngineError } from '../base/engine-error.ts';

/** RFC 7468, section 5.1: base64 between two labels; text around them is explanation. */
const certificateText = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** Labels of what must never get into a guest: RFC 7468 sections 10 and 11, and OpenSSL's own kinds. */
const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;

/**
 * The certificates in a text, each once, in the form in which the setting keeps them. Throws `bad_input` for a text
 * without any, with a private key, or with one that is damaged, expired or not valid yet.
 */
export function readCertificates(text: string, now = Date.now()): Certificate[] {
  if (privateKey.test(text)) {
    throw new EngineError({
      code: 'bad_input',
      message: 'This holds a private key, which must not leave its computer.',
      hint: 'Choose the file with the certificate alone, often named .crt or ca.pem.',
    });
  }
  const found = [...text.matchAll(certificateText)].map(([pem]) => parse(pem));
  if (found.length === 0) {
    throw new EngineError({
      code: 'bad_input',
      message: 'There is no certificate in it.',
      hint: 'A certificate in PEM form begins with "-----BEGIN CERTIFICATE-----". One in binary form is made into that by: openssl x509 -inform der -in FILE',
    });
  }
  for (const certificate of found) {
    const { validFromDate, subject } = certificate;
    if (expiryOf(certificate) <= now) {
      throw untrustworthy(
        `The certificate of ${inOneLine(subject)} expired on ${day(expiryOf(certificate))}.`,
      );
    }
    if (validFromDate.getTime() > now) {
      throw untrustworthy(
        `The certificate of ${inOneLine(subject)} is not valid before ${day(validFromDate.getTime())}.`,
      );
    }
  }
  return [...new Map(found.map((one) => [one.fingerprint256, describe(one)])).values()];
}

/** What those of the setting say of themselves, expired ones too. Throws `bad_input` for what is no certificate. */
export function describeCertificates(pems: readonly string[]): Certificate[] {
  return pems.map((pem) => {
    if (privateKey.test(pem)) throw notOne();
    return describe(parse(pem));
  });
}

/** The usable certificates in a text of this computer's own; what cannot be trusted is left out. */
export function usableCertificates(text: string, now = Date.now()): Certificate[] {
  return [...text.matchAll(certificateText)].flatMap(([pem]) => {
    try {
      return readCertificates(pem, now);
    } catch {
      return [];
    }
  });
}

function parse(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (thrown) {
    throw notOne(thrown);
  }
}

function notOne(cause?: unknown): EngineError {
  return new EngineError({
    code: 'bad_input',
    message: 'A part of this says that it is a certificate and cannot be read as one.',
    hint: 'Copy the whole file, from its first to its last line.',
    cause,
  });
}

function describe(certificate: X509Certificate): Certificate {
  return {
    // Read and written again: nothing but the certificate goes on.
    pem: certificate.toString(),
    subject: inOneLine(certificate.subject),
    issuer: inOneLine(certificate.issuer),
    expiresAt: expiryOf(certificate),
    sha256: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
  };
}

function expiryOf(certificate: X509Certificate): number {
  return certificate.validToDate.getTime();
}

/** Node writes a name's parts one a line. */
function inOneLine(name: string | undefined): string {
  return (name ?? '').split('\n').filter(Boolean).join(', ');
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

function untrustworthy(message: string): EngineError {
  return new EngineError({
    code: 'bad_input',
    message,
    hint: 'Ask whoever runs the authority for the current one.',
  });
}
