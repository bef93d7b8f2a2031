// First-party cookies of the page's host. In a sandboxed frame the browser throws at any touch of them: there
// it is the same as having none.

/** Empty where there is no such cookie. */
export function readCookie(name: string): string {
  try {
    for (const pair of document.cookie.split('; ')) {
      if (pair.startsWith(`${name}=`)) return pair.slice(name.length + 1)
    }
  } catch {
    // no cookies here
  }
  return ''
}

export function writeCookie(name: string, value: string, seconds: number): void {
  const secure = location.protocol === 'https:' ? ';secure' : ''
  try {
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is asynchronous and missing on http
    document.cookie = `${name}=${value};path=/;max-age=${seconds};samesite=lax${secure}`
  } catch {
    // no cookies here
  }
}

export function eraseCookie(name: string): void {
  writeCookie(name, '', 0)
}
