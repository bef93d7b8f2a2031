// Compiles the tracker (f.js, and core.js with less in it) and the script of the opt-out frame (opt-out.js), which
// run on other people's pages: small matters there, so their sizes are told, and have a limit.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { build } from 'esbuild'
import { minify } from 'terser'

/** Told to the script where a site has its usual settings (tracker/served.ts). */
const SERVED = '"page wishes"'

/** Each with its entry, and the bytes that it may have, compressed with Brotli. */
export const scripts = {
  'f.js': {
    entry: 'tracker/footfall.ts',
    define: { FULL: 'true', SERVED },
    limit: 4000,
  },
  'core.js': {
    entry: 'tracker/footfall.ts',
    define: { FULL: 'false', SERVED },
    limit: 2000,
  },
  'opt-out.js': { entry: 'tracker/opt-out.ts', define: {}, limit: 1000 },
}

/** Writes them into a folder; their sizes in bytes, compressed with Brotli, by file name. */
export async function buildTracker(folder) {
  await mkdir(folder, { recursive: true })
  const sizes = {}
  for (const [name, { entry, define }] of Object.entries(scripts)) {
    const { outputFiles } = await build({
      entryPoints: [entry],
      bundle: true,
      minifySyntax: true,
      define,
      format: 'iife',
      target: 'es2021',
      // Without the words "use strict", which nothing here needs.
      tsconfigRaw: {},
      logLevel: 'warning',
      write: false,
    })
    const [{ text }] = outputFiles
    // Terser finds some 3 % more than esbuild. The options were found by trying: what counts is the size with Brotli.
    const { code } = await minify(text, {
      ecma: 2020,
      compress: {
        passes: 2,
        inline: 1,
        hoist_funs: true,
        lhs_constants: false,
        unsafe_arrows: true,
        unsafe_methods: true,
      },
    })
    await writeFile(join(folder, name), code)
    sizes[name] = brotliCompressSync(code).length
  }
  return sizes
}

/** @throws where one is larger than it may be. */
export function printSizes(sizes) {
  for (const [name, bytes] of Object.entries(sizes)) {
    console.log(`${name}: ${bytes} bytes with Brotli`)
    const { limit } = scripts[name]
    if (bytes > limit) throw new Error(`${name} has ${bytes} bytes with Brotli, but may have ${limit}.`)
  }
}
