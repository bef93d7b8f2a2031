// What the browser says of itself: screen, clock, techniques, and the client hints that scripts may ask for.

import type { Facts } from './page.ts'

type Brand = { brand: string; version: string }
type Hints = { brands?: Brand[]; [hint: string]: unknown }

declare global {
  interface Navigator {
    readonly brave?: unknown
    readonly userAgentData?: Hints & { getHighEntropyValues?(hints: string[]): Promise<Hints> }
  }
}

const plugins = {
  fla: 'application/x-shockwave-flash',
  dir: 'application/x-director',
  wma: 'application/x-mplayer2',
  gears: 'application/x-googlegears',
  ag: 'application/x-silverlight',
  qt: 'video/quicktime',
  realp: 'audio/x-pn-realaudio-plugin',
}

/** In parameters of Matomo's tracking protocol, with `cd` (colour depth) beside them. */
export function features(): Facts {
  const now = new Date()
  const facts: Facts = {
    h: now.getHours(),
    m: now.getMinutes(),
    s: now.getSeconds(),
    res: `${screen.width}x${screen.height}`,
    cd: screen.colorDepth,
    cookie: Number(navigator.cookieEnabled),
    pdf: Number(navigator.pdfViewerEnabled),
    java: Number(navigator.javaEnabled()),
  }
  for (const [name, type] of Object.entries(plugins)) facts[name] = Number(type in navigator.mimeTypes)
  return facts
}

let hints: Hints = {}

/**
 * Asks for the hints that only a script gets (Windows 11, current macOS, Android's versions and models show
 * nowhere else) and calls back, at least once, when they are there, or refused, or late.
 */
export function askForHints(then: () => void): void {
  const data = navigator.userAgentData
  if (data?.getHighEntropyValues) {
    hints = { brands: data.brands, mobile: data.mobile, platform: data.platform }
    setTimeout(then, 200)
    data
      .getHighEntropyValues(['platformVersion', 'model', 'fullVersionList', 'formFactors'])
      .then((values) => {
        hints = values
        then()
      }, then)
  } else then()
}

/** The client hints as JSON, as far as they are known by now; empty when there are none. */
export function clientHints(): string {
  const brands = hints.brands || []
  if (navigator.brave && !brands.some(({ brand }) => brand === 'Brave')) {
    hints.brands = [...brands, { brand: 'Brave', version: '' }]
  }
  return hints.brands ? JSON.stringify(hints) : ''
}
