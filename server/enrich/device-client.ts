// The program that asks: a browser, an app, a player, a library. As Matomo's Device Detector tells it from its
// rules, from the brands in client hints, and from the id of the app around a browser.

import type { ClientKind, DeviceData } from './device-data.ts'
import type { Reading } from './device-expressions.ts'
import type { Told } from './device-hints.ts'
import { compareVersions, filled, versionOf } from './device-template.ts'

export type Client = { kind: ClientKind; name: string; version: string }

/** What hints call a browser that Matomo calls otherwise. */
const brandNames = new Map([
  ['google chrome', 'Chrome'],
  ['android webview', 'Chrome Webview'],
  ['duckduckgo', 'DuckDuckGo Privacy Browser'],
  ['microsoft edge webview2', 'Edge WebView'],
  ['miui browser', 'Mi Browser'],
  ['xiaomibrowser', 'Mi Browser'],
  ['edge', 'Microsoft Edge'],
  ['norton secure browser', 'Norton Private Browser'],
  ['opera gx android', 'Opera GX'],
  ['opera mini android', 'Opera Mini'],
  ['puffin', 'Puffin Cloud Browser'],
  ['vewd core', 'Vewd Browser'],
  ['yasearchbrowser', 'Yandex Browser'],
])

/** Brands beside which another one may say more. */
const general = new Set(['Chrome', 'Chromium', 'Microsoft Edge'])
/** What an agent says of these is no more than what hints say with Chromium. */
const plainChromium = new Set(['Chrome', 'Chrome Webview', 'Android Browser', 'Chrome Mobile'])
/** Whose hints give the version of their engine: by Matomo's codes. */
const engineVersions = new Set(['A0', 'AL', 'HP', 'JR', 'MU', 'OM', 'OP', 'VR'])

export class Clients {
  readonly #data: DeviceData
  /** By lower-case name. */
  readonly #names: Map<string, string>
  /** By lower-case name without spaces. */
  readonly #plainNames: Map<string, string>
  readonly #hintsTellEngine: Set<string>

  constructor(data: DeviceData) {
    this.#data = data
    this.#names = new Map(data.browserNames.map(([name]) => [name.toLowerCase(), name]))
    this.#plainNames = new Map(data.browserNames.map(([name]) => [plain(name), name]))
    this.#hintsTellEngine = new Set(
      data.browserNames.filter(([, code]) => engineVersions.has(code)).map(([name]) => name),
    )
  }

  of(reading: Reading, told: Told): Client | undefined {
    for (const rules of this.#data.clients) {
      const match = reading.first(rules)
      const found = match && {
        name: filled(match.rule[0], match.groups),
        version: versionOf(match.rule[1], match.groups),
      }
      const client =
        rules.kind === 'browser'
          ? this.#browser(found, told)
          : rules.kind === 'mobile app'
            ? ofApp(found, this.#data.apps[told.app])
            : found
      if (client && client.name !== '') return { kind: rules.kind, ...client }
    }
    return undefined
  }

  #browser(found: Named | undefined, told: Told): Named | undefined {
    const named = found && { ...found, name: this.#names.get(found.name.toLowerCase()) ?? found.name }
    const hinted = this.#fromBrands(told)
    return ofApp(hinted ? this.#together(hinted, named) : named, this.#data.browserApps[told.app])
  }

  #fromBrands({ brands }: Told): Named | undefined {
    let found: Named | undefined
    for (const { name: brand, version } of brands) {
      const name = this.#byBrand(brand)
      if (name === undefined || version === '') continue
      if (found?.name === 'Chrome' && name === 'Chromium') continue
      found = { name, version: version.replaceAll('_', '.').replace(/\.$/, '') }
      if (!general.has(name)) break
    }
    return found
  }

  #byBrand(brand: string): string | undefined {
    const key = plain(brandNames.get(brand.toLowerCase()) ?? brand)
    return (
      this.#plainNames.get(key) ??
      this.#plainNames.get(`${key}browser`) ??
      (key.endsWith('browser') ? this.#plainNames.get(key.slice(0, -'browser'.length)) : undefined)
    )
  }

  /** Hints tell the browser that the agent hides, agents some that their hints hide. */
  #together(hinted: Named, found: Named | undefined): Named {
    let { name, version } = hinted
    // Iridium counts its versions by years.
    if (/^202[0-4]/.test(version)) name = 'Iridium'
    if (found) {
      if (/^15/.test(version) && /^114/.test(found.version)) name = '360 Secure Browser'
      if (found.version !== '' && this.#hintsTellEngine.has(name)) version = found.version
      const chromium = name === 'Chromium' || name === 'Chrome Webview'
      if (chromium && found.name !== '' && !plainChromium.has(found.name)) {
        name = found.name
        const same = Number.parseInt(found.version, 10) === Number.parseInt(version, 10)
        if (!same || compareVersions(version, found.version) <= 0) version = found.version
      }
      if (found.name === `${name} Mobile`) name = found.name
      if (found.version.startsWith(version) && compareVersions(version, found.version) < 0)
        version = found.version
    }
    return { name, version: name === 'DuckDuckGo Privacy Browser' ? '' : version }
  }
}

type Named = { name: string; version: string }

/** An app's own name, without a version: what was found is that of the browser inside. */
function ofApp(found: Named | undefined, app: string | undefined): Named | undefined {
  return app === undefined || app === found?.name ? found : { name: app, version: '' }
}

function plain(name: string): string {
  return name.replaceAll(' ', '').toLowerCase()
}
