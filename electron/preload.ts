import { contextBridge, ipcRenderer, webFrame } from 'electron';
import { streamMessageType, type WindowBridge } from '../contract/window-bridge.ts';
import {
  chooseFolderChannel,
  flowMarkChannel,
  folderChosenChannel,
  navigateChannel,
  openStreamChannel,
  streamOpenedChannel,
} from './ipc-channels.ts';

ipcRenderer.on(streamOpenedChannel, (event, path: string) => {
  window.postMessage({ type: streamMessageType, path }, window.location.origin, [...event.ports]);
});

ipcRenderer.on(flowMarkChannel, (_event, mark: number) => ipcRenderer.send(flowMarkChannel, mark));

const bridge: WindowBridge = {
  platform: process.platform,
  openStream: (path) => ipcRenderer.send(openStreamChannel, path),
  onNavigate: (callback) => {
    ipcRenderer.on(navigateChannel, (_event, path: string) => callback(path));
  },
  setZoom: (factor) => webFrame.setZoomFactor(factor),
  chooseFolder: (callback) => {
    ipcRenderer.once(folderChosenChannel, (_event, folder: string | null) => callback(folder));
    ipcRenderer.send(chooseFolderChannel);
  },
};
contextBridge.exposeInMainWorld('foredeck', bridge);
