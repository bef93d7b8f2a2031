// What the tracker knows of the page it runs on. A page may say otherwise through the queue (setSiteId,
// setTrackerUrl, setCustomUrl, setDocumentTitle, setReferrerUrl).

export const page = {
  site: '',
  /** Where hits go. */
  endpoint: '',
  /** Origin that the script came from, which is also that of the opt-out frame. */
  origin: '',
  /** Said by the page; empty: as the browser says. */
  url: '',
  title: '',
  referrer: '',
  /** Id of the page view that later hits belong to. */
  view: '',
}

/** Parameters of a hit; null and undefined are left out. */
export type Facts = Record<string, unknown>

/** Random lower-case hexadecimal digits, two for each byte. */
export function random(bytes: number): string {
  let digits = ''
  for (const byte of crypto.getRandomValues(new Uint8Array(bytes))) {
    digits += (byte + 256).toString(16).slice(1)
  }
  return digits
}
