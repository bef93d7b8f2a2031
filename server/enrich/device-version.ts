// Versions as owners read them: short, and left empty where a browser does not say the truth. Browsers have frozen
// much of their agents (Windows 10, macOS 10.15.7, Android 10, iOS 18): what stands there is then known to nobody,
// and is not guessed.

/** The first numbers of a version without zeros at its end: `14`, `8.1`, `26.1`. */
export function numbers(version: string, count: number): string {
  const found = /^\d{1,5}(?!\d)(?:[._]\d{1,6})*/.exec(version)?.[0] ?? ''
  const parts = found.split(/[._]/).slice(0, count)
  while (parts.length > 1 && Number(parts.at(-1)) === 0) parts.pop()
  return parts.join('.')
}

/** The hint counts Windows 11 from 13 on; 0.1 to 0.3 are 7, 8 and 8.1. */
export function windowsVersion(hint: string): string {
  const [major = 0, minor = 0] = hint.split('.').map(Number)
  if (major >= 13) return '11'
  if (major > 0) return '10'
  return ['10', '7', '8', '8.1'][minor] ?? '10'
}

/**
 * Since Safari 26 the agent says iOS 18 for all later ones, and Safari's own version is the system's. Views in
 * apps and other browsers have no such version; Facebook's and Instagram's tell the system's beside it, and of
 * the rest nobody knows.
 */
export function iosVersion(agent: string, version: string): string {
  if (!/^1[89]\b/.test(version)) return version
  const real = /\) Version\/(\d[\d.]*)|\bFBSV\/(\d[\d.]*)|; i(?:Pad)?OS (\d[\d_]*)/.exec(agent)
  const told = (real?.[1] ?? real?.[2] ?? real?.[3] ?? '').replaceAll('_', '.')
  if (Number.parseInt(told, 10) >= 26) return told
  return told === '' && /^18\.[67]\b/.test(version) ? '' : version
}

/**
 * Every browser says 10.15.7 (Firefox 10.15) on every macOS since 11. Only those that are older than that can
 * mean what they say.
 */
export function isFrozenMac(agent: string, version: string): boolean {
  if (version !== '10.15.7' && !(version === '10.15' && /firefox\//i.test(agent))) return false
  return !/(?:firefox\/(?:\d|[1-7]\d|8[0-6])|chrome\/(?:\d|[1-7]\d|8[0-6])|version\/(?:\d|1[0-3]))\./i.test(
    agent,
  )
}
