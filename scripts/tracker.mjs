// Compiles the tracker (f.js, and core.js with less in it) and the script of the opt-out frame (opt-out.js), which
// run on other people's pages: small matters there, so their sizes are told, and have a limit.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { build } from 'esbuild'

/** What the script is told where a site has its usual settings (tracker/served.ts). The endings are those of matomo.js. */
const endings =
  '7z|aac|apk|ar[cj]|as[cfx]|avi|azw3|bin|bz2?|csv|deb|dmg|docx?|epub|exe|flv|gif|gz|gzip|hqx|ibooks|jar|' +
  'jpe?g|js|md5|mobi|mov|movie|mp[234g]|mpeg|ms[ip]|od[bfgpst]|og[gv]|pdf|phps|png|pptx?|qtm?|ra[mr]?|' +
  'rpm|rtf|sea|sha(256|512)?|sig|sit|tar|tbz2?|tgz|torrent|txt|wav|wm[av]|wpd|xlsx?|xml|xz|z|zip'
const fewEndings = 'docx?|mp[34]|pdf|xlsx?|zip'

/** Each with its entry, and the bytes that it may have, compressed with Brotli. */
const scripts = {
  'f.js': {
    entry: 'tracker/footfall.ts',
    define: { FULL: 'true', SERVED: `"page ${endings}"` },
    limit: 5400,
  },
  'core.js': {
    entry: 'tracker/footfall.ts',
    define: { FULL: 'false', SERVED: `"page ${fewEndings}"` },
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
      minify: true,
      define,
      format: 'iife',
      target: 'es2020',
      // Without the words "use strict", which nothing here needs.
      tsconfigRaw: {},
      logLevel: 'warning',
      write: false,
    })
    const [{ contents }] = outputFiles
    await writeFile(join(folder, name), contents)
    sizes[name] = brotliCompressSync(contents).length
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
