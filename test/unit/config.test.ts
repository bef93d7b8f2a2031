import { expect, test } from 'vitest'
import { readConfig } from '../../server/config.ts'

test('Nothing has to be configured', () => {
  expect(readConfig({})).toMatchObject({
    data: `${process.cwd()}/data`,
    host: '127.0.0.1',
    port: 8080,
    baseUrl: undefined,
    trustProxy: false,
    clickhouseUrl: undefined,
    trackingRateLimit: 200,
    logLevel: 'info',
  })
})

test('A base URL loses its trailing slash, and proxies may be named', () => {
  const config = readConfig({ BASE_URL: 'https://stats.example.org/', TRUST_PROXY: 'loopback, 10.0.0.0/8' })
  expect(config.baseUrl).toBe('https://stats.example.org')
  expect(config.trustProxy).toEqual(['loopback', '10.0.0.0/8'])
})

test.each([
  [{ PORT: '80a' }, 'PORT=80a is not usable: it must be a whole number from 0 to 65535.'],
  [{ PORT: '70000' }, 'PORT=70000 is not usable: it must be a whole number from 0 to 65535.'],
  [
    { TRACKING_RATE_LIMIT: '-1' },
    'TRACKING_RATE_LIMIT=-1 is not usable: it must be a whole number from 0 to 1000000.',
  ],
  [{ BASE_URL: 'stats.example.org' }, 'BASE_URL=... is not usable: it must be an http:// or https:// URL.'],
  [{ CLICKHOUSE_CLUSTER: 'main' }, 'CLICKHOUSE_CLUSTER=main is not usable: it needs CLICKHOUSE_URL as well.'],
  [
    { LOG_LEVEL: 'loud' },
    'LOG_LEVEL=loud is not usable: it must be one of silent, error, warn, info, debug.',
  ],
  [
    { TRUST_PROXY: 'nginx' },
    'TRUST_PROXY=nginx is not usable: it must be true, false, or a comma-separated list of addresses, networks, loopback, linklocal, uniquelocal.',
  ],
])('A bad value is refused with one line that names it: %j', (env, message) => {
  expect(() => readConfig(env)).toThrow(message)
})

test('A URL that is refused is not repeated, because it may carry a password', () => {
  expect(() => readConfig({ CLICKHOUSE_URL: 'tcp://user:secret@db' })).toThrow(/^(?!.*secret)/)
})
