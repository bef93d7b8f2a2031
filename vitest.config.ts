import { defineConfig } from 'vitest/config'
import { embeddedOnly } from './test/world/embedded-only.ts'

const onServer = process.env.FOOTFALL_TEST_STORE === 'server' || !!process.env.CLICKHOUSE_URL

if (onServer) {
  for (const [file, reason] of Object.entries(embeddedOnly))
    console.log(`Left out on a server: ${file}, it ${reason}`)
}

// One process a test file (chDB owns one data folder per process); two at a time on a small machine.
export default defineConfig({
  test: {
    include: ['test/{unit,integration,browser}/**/*.test.ts'],
    exclude: onServer ? Object.keys(embeddedOnly) : [],
    setupFiles: onServer ? ['test/world/server-end.ts'] : [],
    globalSetup: 'test/world/device-data.ts',
    pool: 'forks',
    maxWorkers: 2,
    // Generous: a browser on a busy machine. Where a test measures time it is the processor's, the shortest of some runs.
    testTimeout: 90_000,
    hookTimeout: 90_000,
    expect: { poll: { timeout: 30_000, interval: 20 } },
    env: { UV_THREADPOOL_SIZE: '16' },
  },
})
