// Compiles the server, the tracker and the dashboard into dist/. Run by `npm run build` and `npm start`.
import { copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import { build } from 'esbuild'
import { buildDevices } from './devices.mjs'
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
  buildDevices('dist'),
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
    logLevel: 'warning',
  }),
])
for (const name of ['index.html', 'favicon.svg']) await copyFile(`dashboard/${name}`, `dist/public/${name}`)
await compress('dist/public')
const { size } = await stat('dist/public/dashboard.js.br')
console.log(`dashboard.js: ${size} bytes with Brotli`)
console.log(`built in ${Date.now() - started} ms`)

/** Beside each file what browsers that can take it get instead: nothing is compressed while they wait. */
async function compress(folder) {
  const names = (await readdir(folder)).filter((name) => /\.(js|css|html|svg)$/.test(name))
  await Promise.all(
    names.map(async (name) => {
      const content = await readFile(`${folder}/${name}`)
      await writeFile(`${folder}/${name}.br`, await promisify(brotliCompress)(content))
      await writeFile(`${folder}/${name}.gz`, await promisify(gzip)(content, { level: 9 }))
    }),
  )
}
