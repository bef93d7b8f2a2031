// Compiles the tracker (f.js) and the script of the opt-out frame (opt-out.js), which run on other people's
// pages: small matters there, so their sizes are told.
import { mkdir, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { build } from 'esbuild'

/** Writes both into a folder; their sizes in bytes, compressed with Brotli, by file name. */
export async function buildTracker(folder) {
  const { outputFiles } = await build({
    entryPoints: { f: 'tracker/footfall.ts', 'opt-out': 'tracker/opt-out.ts' },
    outdir: folder,
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2018',
    legalComments: 'inline',
    logLevel: 'warning',
    write: false,
  })
  await mkdir(folder, { recursive: true })
  const sizes = {}
  for (const { path, contents } of outputFiles) {
    await writeFile(path, contents)
    sizes[basename(path)] = brotliCompressSync(contents).length
  }
  return sizes
}

export function printSizes(sizes) {
  for (const [name, bytes] of Object.entries(sizes)) console.log(`${name}: ${bytes} bytes with Brotli`)
}
