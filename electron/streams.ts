import { ipcMain, MessageChannelMain } from 'electron';
import { LocalStreamPath } from '../contract/streams.ts';
import { isAbort, toEngineError } from '../engine/base/engine-error.ts';
import type { EngineConnection } from './engine.ts';
import { FlowMarks } from './flow-marks.ts';
import { openStreamChannel, streamOpenedChannel } from './ipc-channels.ts';
import { relay } from './relay.ts';
import type { MainWindow } from './window.ts';

/**
 * Gives the window's page the streams it asks for. The page has its port at once and may send; where the engine
 * cannot be reached the port closes. This is the edge at which sender and path are checked.
 */
export function relayStreams({ engine, window }: { engine: EngineConnection; window: MainWindow }): void {
  const marks = new FlowMarks();
  marks.start();
  ipcMain.on(openStreamChannel, (event, asked: unknown) => {
    const path = LocalStreamPath.safeParse(asked);
    if (!window.isItsPage(event) || !path.success) {
      console.error('Refused a stream: the page or the path is not one of ours.');
      return;
    }
    const page = event.sender;
    const { port1, port2 } = new MessageChannelMain();
    page.postMessage(streamOpenedChannel, path.data, [port2]);
    relay({ port: port1, page, marks, open: () => engine.openStream(path.data) }).catch((thrown) => {
      if (!isAbort(thrown)) console.error(`${path.data}: ${toEngineError(thrown).message}`);
    });
  });
}
