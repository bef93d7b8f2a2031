// Programs of test/ that are written in TypeScript: compiled into dist/ and run, with what is left of the arguments.

import { build } from 'esbuild'

/** `entry`: path of the program, as in `test/crash/main.ts`. */
export async function runCompiled(entry) {
  const outfile = `dist/${entry.replace(/\.ts$/, '.js')}`
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
  })
  await import(`../${outfile}`)
}
