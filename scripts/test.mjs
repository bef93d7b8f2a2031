// `npm test`: everything there is to show, in one run. Installs Chromium and PHP where they are missing and
// that is possible, builds, runs all tests and ends with one line: N passed, N failed.
// Arguments are handed on to vitest: npm test -- test/unit

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { startVitest } from 'vitest/node'

const chromium = process.env.FOOTFALL_CHROMIUM || '/usr/bin/chromium'
const filters = process.argv.slice(2)

const mayInstall = existsSync('/usr/bin/apt-get') && process.getuid?.() === 0
if (!existsSync(chromium)) installChromium()
if (mayInstall && spawnSync('php', ['-v']).status !== 0) installPhp()
process.env.FOOTFALL_CHROMIUM = chromium

run('node', ['scripts/build.mjs'])

const vitest = await startVitest('test', filters, { watch: false, run: true })
const files = vitest.state.getFiles()
const tests = files.flatMap((file) => leaves(file))
const failed = tests.filter((test) => test.result?.state === 'fail').length
const passed = tests.filter((test) => test.result?.state === 'pass').length
// A file that could not be loaded, or an error outside of any test, is a failure too.
const broken = files.filter((file) => file.result?.state === 'fail' && leaves(file).length === 0).length
const errors = vitest.state.getUnhandledErrors().length
await vitest.close()
console.log(`${passed} passed, ${failed + broken + errors} failed`)
process.exit(failed + broken + errors > 0 || passed === 0 ? 1 : 0)

function leaves(task) {
  return task.type === 'test' ? [task] : (task.tasks ?? []).flatMap(leaves)
}

function installChromium() {
  if (!mayInstall) {
    console.error(
      'The browser tests need Chromium. Install it (Debian: apt-get install chromium), or name one in FOOTFALL_CHROMIUM.',
    )
    process.exit(1)
  }
  console.log('Installing Chromium for the browser tests ...')
  run('apt-get', ['update', '-qq'])
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'])
}

/** One test speaks with a client in PHP, and says so where it is left out. */
function installPhp() {
  console.log('Installing PHP for the test of its clients ...')
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit' })
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'php-cli'], { stdio: 'inherit' })
}

function run(command, args) {
  const { status } = spawnSync(command, args, { stdio: 'inherit' })
  if (status !== 0) {
    console.error(`${command} ${args.join(' ')} failed.`)
    process.exit(1)
  }
}
