import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/**
 * Scripts from our own files only. Styles may be inline: xterm.js and the toasts write style elements of their own.
 * The browser host sends its own header as well; this one also holds in a window which loads the page from a file.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** Only when building: the development server's hot reload lives from an inline script. */
const policyInPage: Plugin = {
  name: 'foredeck:content-security-policy',
  apply: 'build',
  transformIndexHtml: () => [
    {
      tag: 'meta',
      attrs: { 'http-equiv': 'Content-Security-Policy', content: contentSecurityPolicy },
      injectTo: 'head-prepend',
    },
  ],
};

export default defineConfig({
  root: import.meta.dirname,
  // Relative, so that the same files work from a web server's root and from Electron's file URL.
  base: './',
  plugins: [react(), tailwindcss(), policyInPage],
  build: {
    outDir: `${import.meta.dirname}/../out/renderer`,
    emptyOutDir: true,
    target: 'chrome120',
    // Inlined modules would need script-src data:.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
