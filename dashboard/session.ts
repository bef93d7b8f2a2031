// Who is signed in and which sites there are, as signals.

import { signal } from '@preact/signals'
import { ApiError, api, type NewSite, type Site, type User } from './api.ts'
import { navigate, place } from './router.ts'

export type Session =
  | { state: 'unknown' }
  | { state: 'failed'; error: ApiError }
  | { state: 'out' }
  | { state: 'in'; user: User; sites: Site[] }

export const session = signal<Session>({ state: 'unknown' })

/** Asks the server who we are; without an account at all the reader is sent to the setup page. */
export async function loadSession(): Promise<void> {
  try {
    const { user } = await api.session()
    if (!user) return await leave()
    const { sites } = await api.sites()
    session.value = { state: 'in', user, sites }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    if (error.status === 401) await leave()
    else session.value = { state: 'failed', error }
  }
}

export async function signOut(): Promise<void> {
  await api.signOut()
  session.value = { state: 'out' }
  navigate('/sign-in', true)
}

/** The server no longer knows us: to the sign-in page, and from there back here. */
export function signedOut(): void {
  if (session.value.state !== 'in') return
  session.value = { state: 'out' }
  toSignIn()
}

export async function addSite(site: NewSite): Promise<Site> {
  const added = await api.addSite(site)
  const { sites } = await api.sites()
  if (session.value.state === 'in') session.value = { ...session.value, sites }
  return added
}

async function leave(): Promise<void> {
  const { needed } = place.value.path === '/setup' ? { needed: false } : await api.setupNeeded()
  session.value = { state: 'out' }
  if (needed) navigate('/setup', true)
  else if (!['/setup', '/sign-in'].includes(place.value.path)) toSignIn()
}

export function toSignIn(): void {
  const from = location.pathname + location.search
  navigate(from === '/' ? '/sign-in' : `/sign-in?to=${encodeURIComponent(from)}`, true)
}
