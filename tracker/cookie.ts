// First-party cookies of the page's host.

let attributes = `;path=/;samesite=lax${isSecureContext ? ';secure' : ''}`

/** Such as `Path`. Of those that are there twice the last one counts. */
export function setAttribute(name: string, value: string): void {
  attributes += `;${name}=${value.replace('*', '')}`
}

/** Those whose whole name a pattern matches, each as what is before it, name, and value. */
export function findCookies(pattern: string): string[][] {
  return [...document.cookie.matchAll(RegExp(`\\b(${pattern})=([^;]*)`, 'g'))]
}

/** Undefined where there is none. */
export function readCookie(pattern: string): string | undefined {
  return findCookies(pattern)[0]?.[2]
}

export function writeCookie(name: unknown, value: unknown, seconds: number): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is asynchronous and missing on http
  document.cookie = `${name}=${value};max-age=${seconds}${attributes}`
}

export function eraseCookies(pattern: string): void {
  for (const [, name] of findCookies(pattern)) writeCookie(name, '', 0)
}
