// Compiles the server, the tracker and the dashboard into dist/. Run by `npm run build` and `npm start`.
import { copyFile, mkdir, rm } from 'node:fs/promises'
import { build } from 'esbuild'
import { buildTracker, printSizes } from './tracker.mjs'

const started = Date.now()
await rm('dist', { recursive: true, force: true })
await mkdir('dist/public', { recursive: true })

await Promise.all([
  build({
    entryPoints: ['server/main.ts'],
    outdir: 'dist/server',
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: true,
    logLevel: 'warning',
  }),
  buildTracker('dist/public').then(printSizes),
  build({
    entryPoints: { dashboard: 'dashboard/main.tsx' },
    outdir: 'dist/public',
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    sourcemap: true,
    loader: { '.svg': 'dataurl' },
    logLevel: 'warning',
  }),
])
await copyFile('dashboard/index.html', 'dist/public/index.html')
console.log(`built in ${Date.now() - started} ms`)
