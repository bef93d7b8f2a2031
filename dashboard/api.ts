// The door to the server. Every failure becomes an ApiError whose message is a sentence for the reader.

import { text } from './text.ts'

export class ApiError extends Error {
  /** HTTP status; 0 when the server could not be reached. */
  readonly status: number
  /** Stable code of the server's catalogue, or `unreachable`, `unexpected`. */
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.code = code
  }
}

export type User = { email: string }
export type Site = {
  id: number
  name: string
  urls: string[]
  timezone: string
  snippet: string
}
export type NewSite = { name: string; url: string; timezone: string }
export type FirstHit = {
  url: string
  title: string
  browser: string
  os: string
  country: string
  /** Unix seconds. */
  time: number
}
export type Setup = {
  key: string
  email: string
  password: string
  siteName: string
  siteUrl: string
  timezone: string
}

export const api = {
  session: () => ask<{ user: User | null }>('GET', '/api/session'),
  signIn: (email: string, password: string) => ask<unknown>('POST', '/api/session', { email, password }),
  signOut: () => ask<unknown>('DELETE', '/api/session'),
  setupPath: '/api/setup',
  setupNeeded: () => ask<{ needed: boolean }>('GET', '/api/setup'),
  setUp: (setup: Setup) => ask<{ siteId: number }>('POST', '/api/setup', setup),
  sites: () => ask<{ sites: Site[] }>('GET', '/api/sites'),
  addSite: (site: NewSite) => ask<Site>('POST', '/api/sites', site),
  firstHitPath: (siteId: number) => `/api/sites/${siteId}/first-hit`,
  catalogue: '/api/reports',
  finalYearsPath: (siteId: number) => `/api/sites/${siteId}/final-years`,
  segmentsPath: (siteId: number) => `/api/segments?site=${siteId}`,
  segmentNamesPath: (siteId: number) => `/api/segments/names?site=${siteId}`,
  segmentValuesPath: (siteId: number, name: string) =>
    `/api/segments/values?site=${siteId}&name=${encodeURIComponent(name)}&limit=50`,
}

export type ReportQuestion = {
  site: number
  period: string
  date: string
  segment?: string
  by?: string
  limit?: number
  offset?: number
  sort?: string
  search?: string
  format?: 'csv'
}

/** The address of a report's answer; what is undefined or empty is left out. */
export function reportPath(report: string, question: ReportQuestion): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(question)) {
    if (value !== undefined && value !== '') query.set(name, String(value))
  }
  return `/api/reports/${encodeURIComponent(report)}?${query}`
}

/** @throws ApiError; an abort by the signal throws as fetch does. */
export async function ask<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const response = await send(method, path, body, signal)
  const answer = await readJson(response)
  if (response.ok) return answer as T
  throw asError(response.status, answer)
}

async function send(method: string, path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  try {
    return await fetch(path, {
      method,
      credentials: 'same-origin',
      headers: { accept: 'application/json', ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
      ...(signal ? { signal } : {}),
    })
  } catch (error) {
    if (signal?.aborted) throw error
    throw new ApiError(0, 'unreachable', text.errors.unreachable)
  }
}

async function readJson(response: Response): Promise<unknown> {
  const body = await response.text()
  if (body === '') return undefined
  try {
    return JSON.parse(body)
  } catch {
    throw new ApiError(response.status, 'unexpected', text.unexpected(response.status))
  }
}

function asError(status: number, answer: unknown): ApiError {
  const error = (answer as { error?: { code?: unknown; message?: unknown } } | undefined)?.error
  const code = typeof error?.code === 'string' ? error.code : 'unexpected'
  const known: Readonly<Record<string, string>> = text.errors
  const message =
    known[code] ?? (typeof error?.message === 'string' ? error.message : text.unexpected(status))
  return new ApiError(status, code, message)
}
