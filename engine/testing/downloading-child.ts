import { download } from '../debian/download.ts';

/** A process that downloads `argv` [url, path, sizeBytes, sha256], to be killed while it does. */
const [url = '', path = '', sizeBytes = '', sha256 = ''] = process.argv.slice(2);
await download({
  urls: [url],
  path,
  sizeBytes: Number(sizeBytes),
  sha256,
  signal: new AbortController().signal,
});
