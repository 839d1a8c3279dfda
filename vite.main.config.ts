import { builtinModules } from 'node:module';
import { defineConfig } from 'vite';

/** The main process as one file, for the package: Electron's archive then holds no `node_modules`. */
export default defineConfig({
  publicDir: false,
  build: {
    emptyOutDir: true,
    target: 'es2023',
    minify: false,
    lib: { entry: 'electron/main/main.ts', formats: ['es'], fileName: () => 'main.js' },
    rolldownOptions: { external: ['electron', /^node:/, ...builtinModules], platform: 'node' },
  },
});
