import { contextBridge, webUtils } from 'electron';
import type { DesktopBridge } from '../../src/shared/desktop-bridge.ts';
import {
  allowPath,
  chooseFiles,
  chooseFolder,
  connect,
  dragOut,
  onFrame,
  onOpenFiles,
  resultsFolder,
  saveFile,
  sendFrame,
} from './ipc.ts';

/**
 * The preload script of the window: puts the named functions of {@link DesktopBridge} on it. Only here can a `File`
 * become a path, and only a real one of a drop or a choice has one: a page cannot make up a path.
 */
const bridge: DesktopBridge = {
  send: sendFrame,
  onMessage: onFrame,
  pathForFile(file) {
    const path = webUtils.getPathForFile(file);
    if (path !== '') allowPath(path);
    return path;
  },
  saveFile,
  dragOut,
  chooseFiles,
  chooseFolder,
  resultsFolder,
  onOpenFiles,
};

connect();
contextBridge.exposeInMainWorld('pellucid', bridge);
