import { randomUUID } from 'node:crypto';
import { rpcPath } from '../../contract/streams.ts';
import { execPath, terminalPath } from '../../contract/terminal.ts';
import { openCodelessPage, openPort } from './page-streams.ts';
import { connected } from './page-words.ts';
import { childrenOf } from './processes-of-home.ts';
import { expect, test } from './shell-test.ts';

const size = { cols: 80, rows: 24 };

test('procedures cross the port in the frames of the WebSocket', async ({ engine, home, launch }) => {
  expect(engine.pid).toBeGreaterThan(0);
  const page = await openCodelessPage(await launch());
  await openPort(page, rpcPath);
  await page.evaluate(() => window.spec.port.postMessage('{"i":"1","p":{"u":"/engine/info"}}'));
  await expect.poll(() => page.evaluate(() => window.spec.texts.length)).toBe(1);
  const answer = JSON.parse(await page.evaluate(() => window.spec.texts.join()));
  expect(answer).toMatchObject({ i: '1', p: { b: { json: { host: { home } } } } });
});

test('a terminal carries bytes as bytes and control messages as text', async ({ engine, launch }) => {
  const page = await openCodelessPage(await launch());
  const terminal = await engine.client.calls.terminal.open({ vm: 'service', argv: null, ...size });
  await openPort(page, terminalPath(terminal.id));

  await expect
    .poll(() => page.evaluate(() => [window.spec.texts.length, window.spec.bytes.length]))
    .toEqual([1, 1]);
  expect(await page.evaluate(() => window.spec.texts)).toEqual(['{"type":"attached","replayed":true}']);
  await page.evaluate(() => {
    window.spec.port.postMessage(JSON.stringify({ type: 'resize', cols: 101, rows: 31 }));
    // Not UTF-8: a relay which makes text of bytes would spoil it.
    window.spec.port.postMessage(Uint8Array.of(0xff, 0x00, 0xc3, 0x28));
  });
  await expect.poll(() => page.evaluate(() => window.spec.bytes.length)).toBe(3);
  const [repaint, sized, echo] = await page.evaluate(() => window.spec.bytes.map((bytes) => [...bytes]));
  expect(Buffer.from(repaint ?? []).toString()).toBe('screen of shell\r\n');
  expect(Buffer.from(sized ?? []).toString()).toBe('size 101x31\r\n');
  expect(echo).toEqual([0xff, 0x00, 0xc3, 0x28]);

  await page.evaluate(() => window.spec.port.postMessage(new TextEncoder().encode('exit 3\r')));
  await expect.poll(() => page.evaluate(() => window.spec.closed)).toBe(true);
  expect(await page.evaluate(() => window.spec.texts.at(-1))).toBe('{"type":"exit","code":3,"reason":""}');
});

test('more than the unconfirmed bytes come through, whole and in order', async ({ engine, launch }) => {
  const page = await openCodelessPage(await launch());
  const terminal = await engine.client.calls.terminal.open({ vm: 'service', argv: null, ...size });
  await openPort(page, terminalPath(terminal.id));
  const pieces = 48;
  const pieceBytes = 64 * 1024;
  await page.evaluate(
    ({ pieces, pieceBytes }) => {
      for (let piece = 0; piece < pieces; piece++)
        window.spec.port.postMessage(new Uint8Array(pieceBytes).fill(piece));
    },
    { pieces, pieceBytes },
  );
  await expect.poll(() => page.evaluate(() => window.spec.bytes.length)).toBe(pieces + 1);
  const wrong = await page.evaluate(
    (pieceBytes) =>
      window.spec.bytes
        .slice(1)
        .filter((bytes, piece) => bytes.length !== pieceBytes || bytes.some((byte) => byte !== piece)).length,
    pieceBytes,
  );
  expect(wrong).toBe(0);
});

test('a port that the page closes closes the stream', async ({ engine, launch }) => {
  test.skip(process.platform !== 'linux', 'looks for the command in /proc');
  const page = await openCodelessPage(await launch());
  const { calls } = engine.client;
  const { id } = await calls.guest.exec({ vm: 'service', argv: ['sleep', '600'] });
  await openPort(page, execPath(id));
  await expect.poll(() => childrenOf(engine.pid)).toHaveLength(1);
  await page.evaluate(() => window.spec.port.close());
  await expect.poll(() => childrenOf(engine.pid)).toEqual([]);
});

test('a stream the engine does not know closes its port', async ({ engine, launch }) => {
  expect(engine.pid).toBeGreaterThan(0);
  const page = await openCodelessPage(await launch());
  await openPort(page, terminalPath(randomUUID()));
  await expect.poll(() => page.evaluate(() => window.spec.closed)).toBe(true);
});

test('paths which are no streams, and pages which are not ours, are refused', async ({ engine, launch }) => {
  expect(engine.pid).toBeGreaterThan(0);
  const shell = await launch();
  const page = await shell.firstWindow();
  await expect(connected(page)).toBeVisible();
  const refusals = (): number => shell.output().split('Refused a stream').length - 1;

  await page.evaluate(() => window.foredeck?.openStream('/terminal/../rpc'));
  await expect.poll(refusals).toBe(1);

  // Main itself may load anything; a foreign page gets the preload and must get nothing by it.
  await shell.evaluate(async ({ BrowserWindow }) => {
    await BrowserWindow.getAllWindows()[0]?.webContents.loadURL('data:text/html,<title>foreign</title>');
  }, null);
  await expect(page).toHaveTitle('foreign');
  await page.evaluate(() => window.foredeck?.openStream('/rpc'));
  await expect.poll(refusals).toBe(2);
});
