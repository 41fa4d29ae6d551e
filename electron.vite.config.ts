import { fileURLToPath } from 'node:url';
import { defineConfig } from 'electron-vite';
import renderer from './renderer/vite.config.ts';

const fromHere = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** `npm run build`: the shell, the engine it starts, the preload and the page, all below `out/`. */
export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      rolldownOptions: {
        input: { main: fromHere('./electron/main.ts'), engine: fromHere('./engine/main.ts') },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      // A sandboxed preload can require `electron` and nothing else, and only as CommonJS.
      externalizeDeps: false,
      rolldownOptions: {
        input: { preload: fromHere('./electron/preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    ...renderer,
    // Said again: in a configuration which electron-vite bundles, an imported file's own place is this file's.
    root: fromHere('./renderer'),
    build: {
      ...renderer.build,
      outDir: fromHere('./out/renderer'),
      rolldownOptions: { input: fromHere('./renderer/index.html') },
      // electron-vite's default is off.
      minify: true,
    },
  },
});
