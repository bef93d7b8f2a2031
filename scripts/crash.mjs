// `npm run crash -- --rounds 200`: compiles test/crash/ and runs it on the compiled service.

import { build } from 'esbuild'

await build({
  entryPoints: ['test/crash/main.ts'],
  outfile: 'dist/crash/main.js',
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  logLevel: 'warning',
})
await import('../dist/crash/main.js')
