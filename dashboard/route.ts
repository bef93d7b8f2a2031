// Which page an address of the dashboard means. Pure.

export type Route =
  | { name: 'home' }
  | { name: 'setup' }
  | { name: 'sign-in' }
  | { name: 'site'; id: number }
  | { name: 'unknown' }

export function routeOf(path: string): Route {
  if (path === '/') return { name: 'home' }
  if (path === '/setup') return { name: 'setup' }
  if (path === '/sign-in') return { name: 'sign-in' }
  const site = /^\/sites\/(\d{1,10})\/?$/.exec(path)
  return site ? { name: 'site', id: Number(site[1]) } : { name: 'unknown' }
}

/** A path inside the dashboard that came in by the address, else the home page. */
export function safeTarget(target: string | null): string {
  return target && /^\/(?![/\\])/.test(target) ? target : '/'
}
