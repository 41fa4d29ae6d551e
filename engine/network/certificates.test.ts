import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { companyCertificate, expiredCertificate } from '../testing/sample-certificates.ts';
import { withTempFolder } from '../testing/temp-folder.ts';
import { describeCertificates, readCertificates } from './certificates.ts';
import { hostCertificates } from './host-certificates.ts';

test('reads every certificate once, with what it says of itself, and nothing else of the text', () => {
  const [only, ...more] = readCertificates(
    `subject: CN = somebody\n${companyCertificate}${companyCertificate}`,
  );
  expect(more).toEqual([]);
  expect(only).toMatchObject({
    pem: companyCertificate,
    subject: 'O=Example Company, CN=Example Company Root',
    issuer: 'O=Example Company, CN=Example Company Root',
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(new Date(only?.expiresAt ?? 0).getUTCFullYear()).toBe(2126);
});

test.each([
  ['nothing', 'There is no certificate in it.'],
  [companyCertificate.replace('MIIByTCC', 'MIIBqTCC'), 'cannot be read as one'],
  [expiredCertificate, 'The certificate of CN=Former Root expired on 2020-01-01.'],
  [`${companyCertificate}-----BEGIN EC PRIVATE KEY-----\nMA==`, 'This holds a private key'],
])('says why it does not take %#', (text, message) => {
  expect(() => readCertificates(text)).toThrow(
    expect.objectContaining({ code: 'bad_input', message: expect.stringContaining(message) }),
  );
});

test('one that was taken is described after its end, too; what is none is refused', () => {
  const [expired] = describeCertificates([expiredCertificate]);
  expect(expired?.expiresAt).toBe(Date.UTC(2020, 0, 1));
  expect(() => describeCertificates(['-----BEGIN PRIVATE KEY-----'])).toThrow(/cannot be read as one/);
});

test('finds the usable ones in folders of this computer', async () => {
  await withTempFolder(async (folder) => {
    await writeFile(join(folder, 'company.crt'), companyCertificate);
    await writeFile(join(folder, 'again.crt'), companyCertificate);
    await writeFile(join(folder, 'former.crt'), expiredCertificate);
    await writeFile(join(folder, 'README'), 'no certificate');
    const found = await hostCertificates({ platform: 'linux', folders: [join(folder, 'absent'), folder] });
    expect(found.map(({ subject }) => subject)).toEqual(['O=Example Company, CN=Example Company Root']);
  });
});
