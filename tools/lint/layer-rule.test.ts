import path from 'node:path';
import { RuleTester } from 'eslint';
import typescript from 'typescript-eslint';
import { describe, it } from 'vitest';
import { layerRule } from './layer-rule.mjs';

RuleTester.describe = describe;
RuleTester.it = it;

const tester = new RuleTester({ languageOptions: { parser: typescript.parser } });
const from = (file: string, code: string) => ({ filename: path.resolve(file), code });
const refused = (file: string, code: string, messageId: string) => ({ ...from(file, code), errors: [{ messageId }] });

tester.run('pellucid/layers', layerRule, {
  valid: [
    from('src/ml/tiling.ts', "import { psnr } from '../metrics/psnr.ts';"),
    from('src/ml/graph/write.ts', "import { Model } from '../models/model.ts';"),
    from(
      'src/engine/jobs.ts',
      "import type { Job } from '../ml/models/job.ts'; import { read } from '../image/read.ts';",
    ),
    from('renderer/src/host/web.ts', "import { connect } from '../../../src/rpc/client.ts';"),
    from('tests/e2e/restore.e2e.ts', "import { encode } from '../../src/codec/container.ts';"),
    from('src/ml/runtime.ts', "import * as tf from '@tensorflow/tfjs-node';"),
    from('src/image/read.ts', "import sharp from 'sharp';"),
    from('electron/main/main.ts', "import { app } from 'electron';"),
    from('electron/main/ipc.ts', "import { ipcMain } from 'electron';"),
    from('src/rpc/web-socket-transport.ts', 'new WebSocket(address);'),
    from('src/web-host/host.test.ts', "import { WebSocket } from 'ws'; new WebSocket(address);"),
    from('src/engine/sharpness.ts', "import { x } from 'sharpness';"),
  ],
  invalid: [
    refused('src/shared/limits.ts', "import { psnr } from '../metrics/psnr.ts';", 'layer'),
    refused('src/codec/range-coder.ts', "import type { Tensor } from '../ml/tensor.ts';", 'layer'),
    refused('src/ml/denoise.ts', "export { read } from '../image/read.ts';", 'layer'),
    refused('src/ml/denoise.ts', "export * from '../engine/jobs.ts';", 'layer'),
    refused('src/ml/denoise.ts', "const read = await import('../image/read.ts');", 'layer'),
    refused('src/ml/denoise.ts', "type Read = import('../image/read.ts').Read;", 'layer'),
    refused('src/engine-client/start.ts', "import { main } from '../engine/main.ts';", 'layer'),
    refused('src/cli/restore.ts', "import { host } from '../web-host/main.ts';", 'layer'),
    refused('renderer/src/state/photo.svelte.ts', "import { read } from '../../../src/image/read.ts';", 'layer'),
    refused('electron/preload/preload.ts', "import { connect } from '../../src/rpc/client.ts';", 'layer'),
    refused('electron/main/main.ts', "import { main } from '../../src/engine/main.ts';", 'layer'),
    refused('src/ml/denoise.ts', "import { photo } from '../../tests/photo.ts';", 'layer'),
    refused('src/ml/denoise.ts', "import config from '../../package.json';", 'outside'),
    refused('src/engine/main.ts', "import * as tf from '@tensorflow/tfjs-node';", 'package'),
    refused('src/engine/main.ts', "import { x } from '@tensorflow/tfjs-node/dist/x.js';", 'package'),
    refused('src/ml/runtime.ts', "import sharp from 'sharp';", 'package'),
    refused('src/web-host/main.ts', "import { app } from 'electron';", 'package'),
    refused('electron/main/window.ts', "import { ipcMain } from 'electron';", 'wrapper'),
    refused('electron/main/window.ts', "import * as electron from 'electron'; electron.ipcMain.on('x', f);", 'wrapper'),
    refused('electron/preload/preload.ts', "import { ipcRenderer } from 'electron';", 'wrapper'),
    refused('src/engine/main.ts', "process.send('ready');", 'wrapper'),
    refused('renderer/src/host/web.ts', 'new WebSocket(address);', 'wrapper'),
    refused('renderer/src/host/web.ts', 'new window.WebSocket(address);', 'wrapper'),
  ],
});
