// The environment, read once into one frozen, typed Config. Nothing else reads process.env. A bad value
// stops the start with one line that names the variable.

import { resolve } from 'node:path'
import ipaddr from 'ipaddr.js'

export type Config = {
  /** Folder of the data, the journal and the lock; absolute. */
  readonly data: string
  readonly host: string
  readonly port: number
  /** How browsers reach this service, without a trailing slash; undefined: as each request says. */
  readonly baseUrl: string | undefined
  /** Proxies whose X-Forwarded-* headers are believed: none, all, or addresses and networks. */
  readonly trustProxy: boolean | string[]
  /** A ClickHouse server instead of the embedded one, with user and password in the URL. */
  readonly clickhouseUrl: string | undefined
  /** Name of the ClickHouse cluster to create replicated tables on. */
  readonly clickhouseCluster: string | undefined
  /** What the embedded ClickHouse may use of memory, in bytes. */
  readonly clickhouseMemory: number
  /** Visitors who are known at once when they return, about. */
  readonly visitorsInMemory: number
  /** Tracking requests of one address to one site, per second; 0: no limit. */
  readonly trackingRateLimit: number
  /** How much is known of devices: by all of Device Detector's rules, or with less memory. */
  readonly deviceRecognition: 'full' | 'light'
  /** Seconds that a question over single visits may take. */
  readonly questionSeconds: number
  readonly logLevel: 'silent' | 'error' | 'warn' | 'info' | 'debug'
}

export class ConfigError extends Error {
  constructor(variable: string, value: string, wanted: string) {
    super(`${variable}=${value} is not usable: ${wanted}.`)
    this.name = 'ConfigError'
  }
}

/** @throws ConfigError with one line that names the variable. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const clickhouseUrl = url(env, 'CLICKHOUSE_URL')
  const clickhouseCluster = text(
    env,
    'CLICKHOUSE_CLUSTER',
    /^[A-Za-z_][\w.-]*$/,
    'it must be the name of a cluster',
  )
  if (clickhouseCluster && !clickhouseUrl) {
    throw new ConfigError('CLICKHOUSE_CLUSTER', clickhouseCluster, 'it needs CLICKHOUSE_URL as well')
  }
  return Object.freeze({
    data: resolve(env.FOOTFALL_DATA || './data'),
    host: env.HOST || '127.0.0.1',
    port: integer(env, 'PORT', 8080, 0, 65535),
    baseUrl: url(env, 'BASE_URL')?.replace(/\/+$/, ''),
    trustProxy: proxies(env),
    clickhouseUrl,
    clickhouseCluster,
    clickhouseMemory: integer(env, 'CLICKHOUSE_MEMORY_MB', 1000, 200, 1_000_000) * 1_000_000,
    visitorsInMemory: integer(env, 'VISITORS_IN_MEMORY', 1_000_000, 1000, 100_000_000),
    trackingRateLimit: integer(env, 'TRACKING_RATE_LIMIT', 200, 0, 1_000_000),
    deviceRecognition: oneOf(env, 'DEVICE_RECOGNITION', 'full', ['full', 'light'] as const),
    questionSeconds: integer(env, 'QUESTION_SECONDS', 30, 1, 3600),
    logLevel: oneOf(env, 'LOG_LEVEL', 'info', ['silent', 'error', 'warn', 'info', 'debug'] as const),
  })
}

type Env = Readonly<Record<string, string | undefined>>

function text(env: Env, name: string, pattern: RegExp, wanted: string): string | undefined {
  const value = env[name]
  if (!value) return undefined
  if (!pattern.test(value)) throw new ConfigError(name, value, wanted)
  return value
}

function integer(env: Env, name: string, fallback: number, least: number, most: number): number {
  const value = env[name]
  if (!value) return fallback
  const number = Number(value)
  if (!/^\d+$/.test(value) || number < least || number > most) {
    throw new ConfigError(name, value, `it must be a whole number from ${least} to ${most}`)
  }
  return number
}

function url(env: Env, name: string): string | undefined {
  const value = env[name]
  if (!value) return undefined
  const parsed = URL.canParse(value) ? new URL(value) : undefined
  if (!parsed || !/^https?:$/.test(parsed.protocol)) {
    // A URL may carry a password: it is not repeated.
    throw new ConfigError(name, '...', 'it must be an http:// or https:// URL')
  }
  return value
}

function oneOf<T extends string>(env: Env, name: string, fallback: T, choices: readonly T[]): T {
  const value = env[name]
  if (!value) return fallback
  const choice = choices.find((candidate) => candidate === value)
  if (!choice) throw new ConfigError(name, value, `it must be one of ${choices.join(', ')}`)
  return choice
}

function proxies(env: Env): boolean | string[] {
  const value = env.TRUST_PROXY
  if (!value || value === 'false') return false
  if (value === 'true') return true
  const entries = value.split(',').map((entry) => entry.trim())
  const names = ['loopback', 'linklocal', 'uniquelocal']
  for (const entry of entries) {
    if (!names.includes(entry) && !ipaddr.isValid(entry) && !ipaddr.isValidCIDR(entry)) {
      throw new ConfigError(
        'TRUST_PROXY',
        value,
        'it must be true, false, or a comma-separated list of addresses, networks, loopback, linklocal, uniquelocal',
      )
    }
  }
  return entries
}
