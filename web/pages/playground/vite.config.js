import { defineConfig } from 'vite'

import { mending } from './mends.js'

export default defineConfig({
  base: '/playground/',
  experimental: {
    // The server may be below a path: it writes that into the page, whose files find each other.
    renderBuiltUrl: (_name, { hostType }) => (hostType === 'html' ? undefined : { relative: true }),
  },
  plugins: [mending()],
  oxc: { jsx: { runtime: 'automatic' } },
  build: {
    outDir: 'built',
    target: 'es2022',
    // Nothing as data: the Content-Security-Policy lets fonts and pictures come as files only.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 4000,
    modulePreload: { polyfill: false },
    license: { fileName: 'licences.md' },
    reportCompressedSize: false,
    rolldownOptions: {
      onwarn: (warning, show) => warning.code === 'MODULE_LEVEL_DIRECTIVE' || show(warning),
    },
  },
  worker: { format: 'es' },
})
