// `npm run fuzz`: compiles and runs test/fuzz/command.ts, which sends a service of its own a million requests that
// it should not be sent. `npm run fuzz -- --requests 20000 --seed 7 --from 123` holds conversation 123 of seed 7 first.

import { build } from 'esbuild'

await build({
  entryPoints: ['test/fuzz/command.ts'],
  outfile: 'dist/fuzz/fuzz.js',
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  logLevel: 'warning',
})
await import('../dist/fuzz/fuzz.js')
