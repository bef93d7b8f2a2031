// Where in the dashboard the reader is: the address bar as a signal. Links are plain <a href>.

import { computed, signal } from '@preact/signals'
import { type Route, routeOf } from './route.ts'

type Place = { path: string; query: URLSearchParams }

export const place = signal<Place>(here())
export const route = computed<Route>(() => routeOf(place.value.path))

/** @param replace true where the back button should skip the address that is left. */
export function navigate(to: string, replace = false): void {
  if (replace) history.replaceState(null, '', to)
  else history.pushState(null, '', to)
  const before = place.value.path
  place.value = here()
  if (place.value.path !== before) scrollTo(0, 0)
}

/** The present address with some of its query changed; undefined removes. */
export function withQuery(changes: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams(place.value.query)
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) query.delete(name)
    else query.set(name, value)
  }
  // A comma is readable and allowed in a query.
  const search = query.toString().replaceAll('%2C', ',')
  return search ? `${place.value.path}?${search}` : place.value.path
}

export function startRouter(): void {
  addEventListener('popstate', () => {
    place.value = here()
  })
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null
    if (!link || !isOurs(link, event)) return
    event.preventDefault()
    navigate(link.pathname + link.search)
  })
}

function isOurs(link: HTMLAnchorElement, event: MouseEvent): boolean {
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
  return (
    plain &&
    !event.defaultPrevented &&
    link.origin === location.origin &&
    link.target === '' &&
    !link.hasAttribute('download') &&
    link.hash === '' &&
    routeOf(link.pathname).name !== 'unknown'
  )
}

function here(): Place {
  return { path: location.pathname, query: new URLSearchParams(location.search) }
}
