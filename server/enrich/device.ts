// The device behind a request: operating system, browser, kind and model, and whether it is a program at all.
// Read from the user agent and, where a browser tells more by client hints, from those. Browsers have frozen
// much of their agents (Windows 10, macOS 10.15.7, Android 10, iOS 18): what stands there without being known is
// left empty and not guessed.

import { isbot } from 'isbot'
import { LRUCache } from 'lru-cache'
import { UAParser } from 'ua-parser-js'
import { ownText } from './remembered.ts'
import { cleanText } from './text.ts'

export type DeviceType =
  | 'desktop'
  | 'smartphone'
  | 'tablet'
  | 'tv'
  | 'console'
  | 'wearable'
  | 'car'
  | 'feature_phone'
  | 'peripheral'
  | ''

export type Device = {
  /** `family` puts Ubuntu with Linux and iPadOS with iOS. */
  os: { name: string; version: string; family: string }
  /** One name a browser on all systems: Safari is no other browser on a phone. */
  browser: { name: string; version: string }
  device: { type: DeviceType; brand: string; model: string }
  bot: boolean
}

/** Client hints by their header's name, lower case. */
export type Hints = Readonly<Record<string, string | undefined>>

/** What is read of an agent; what comes after is no browser's. */
const maxAgent = 500

/** The hints that say something about the device, and what is read of each. */
const hintLimits = {
  'sec-ch-ua': 300,
  'sec-ch-ua-full-version-list': 400,
  'sec-ch-ua-mobile': 4,
  'sec-ch-ua-platform': 40,
  'sec-ch-ua-platform-version': 40,
  'sec-ch-ua-model': 80,
  'sec-ch-ua-form-factors': 80,
} as const
type HintName = keyof typeof hintLimits
const hintNames = Object.keys(hintLimits) as HintName[]

/**
 * Devices seen lately, by agent and hints: at most 5000, some 6 MB. Most hits of a day come from few; a flood of
 * invented ones costs its own recognition and pushes out nothing that is not soon back.
 */
const seen = new LRUCache<string, Device>({ max: 5000 })

export function parse(userAgent: string, hints: Hints = {}): Device {
  const agent = userAgent.length > maxAgent ? userAgent.slice(0, maxAgent) : userAgent
  const told: Partial<Record<HintName, string>> = {}
  let key = agent
  for (const name of hintNames) {
    const value = hints[name]
    if (!value) continue
    told[name] = value.slice(0, hintLimits[name])
    key += `\n${name} ${told[name]}`
  }
  let device = seen.get(key)
  if (!device) {
    device = recognise(withoutTraps(agent), told)
    seen.set(ownText(key), device)
  }
  return device
}

/**
 * Two patterns of ua-parser-js take 10 to 20 ms on invented agents: `naver(` with a bracket that is never closed,
 * and long rows of digits. No browser has either. Nothing else was found to take more than 2 ms in 500 characters.
 */
function withoutTraps(agent: string): string {
  const digits = agent.replace(/\d{13,}/g, (row) => row.slice(0, 12))
  const start = digits.search(/naver\(/i)
  if (start < 0) return digits
  const end = digits.indexOf(')', start)
  return end < 0 ? digits.slice(0, start) : digits.slice(0, end + 1)
}

/**
 * `navigator.userAgentData` with its high-entropy values, as the tracker sends it, in the form of the headers.
 * undefined when it is no such thing.
 */
export function hintsFromUaData(json: string): Hints | undefined {
  if (json.length > 4000) return undefined
  let data: unknown
  try {
    data = JSON.parse(json)
  } catch {
    return undefined
  }
  if (!isRecord(data)) return undefined
  const brands = brandList(data.brands)
  const versions = brandList(data.fullVersionList)
  const factors = data.formFactors ?? []
  const texts = [data.model ?? '', data.platform ?? '', data.platformVersion ?? '']
  if (brands === undefined || versions === undefined) return undefined
  if (!Array.isArray(factors) || !factors.every(isString) || !texts.every(isString)) return undefined
  if (data.mobile !== undefined && data.mobile !== null && typeof data.mobile !== 'boolean') return undefined
  const [model = '', platform = '', platformVersion = ''] = texts
  const hints: Partial<Record<HintName, string>> = {
    'sec-ch-ua': brands,
    'sec-ch-ua-full-version-list': versions,
    'sec-ch-ua-mobile': typeof data.mobile === 'boolean' ? (data.mobile ? '?1' : '?0') : '',
    'sec-ch-ua-platform': quoted(platform),
    'sec-ch-ua-platform-version': quoted(platformVersion),
    'sec-ch-ua-model': quoted(model),
    'sec-ch-ua-form-factors': factors.map(quoted).join(', '),
  }
  for (const name of hintNames) if (!hints[name]) delete hints[name]
  return hints
}

/** '' when there is none, undefined when it is something else. */
function brandList(value: unknown): string | undefined {
  if (value === undefined || value === null) return ''
  if (!Array.isArray(value) || value.length > 20) return undefined
  const entries: string[] = []
  for (const entry of value) {
    if (!isRecord(entry) || !isString(entry.brand) || !isString(entry.version)) return undefined
    entries.push(`${quoted(entry.brand)};v=${quoted(entry.version)}`)
  }
  return entries.join(', ')
}

function quoted(text: string): string {
  return text === '' ? '' : `"${text.replace(/["\\,]+/g, ' ')}"`
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isString(value: unknown): value is string {
  return typeof value === 'string'
}

// -- Recognition ----------------------------------------------------------------------------------------------

function recognise(agent: string, hints: Partial<Record<HintName, string>>): Device {
  const parser = new UAParser(agent, hints as Record<string, string>)
  // Synchronous outside of browsers, whatever its type says.
  const browser = parser.getBrowser().withClientHints() as UAParser.IBrowser
  const device = parser.getDevice().withClientHints() as UAParser.IDevice
  const os = osOf(agent, parser.getOS(), hints)
  const name = browserNameOf(agent, browser.name ?? '', os.name)
  const type = deviceTypeOf(agent, device.type, os.name)
  return {
    os,
    browser: { name, version: browserVersionOf(agent, name, browser.version ?? '') },
    device: { type, ...makeOf(agent, device.vendor ?? '', device.model ?? '') },
    bot: isProgram(agent, name, type),
  }
}

/** Brand and model by the names that are printed on them. */
function makeOf(agent: string, brand: string, model: string): { brand: string; model: string } {
  // Chrome says K for every phone; Macintosh is no model.
  if (model === 'K' || model === 'Macintosh') return { brand, model: '' }
  if (brand === 'Kindle') return { brand: 'Amazon', model: 'Kindle' }
  if (brand === 'Facebook' || brand === 'Oculus') return { brand: 'Meta', model: cleanText(model, 60) }
  if (brand === 'Sony' && model.startsWith('Ericsson'))
    return { brand: 'Sony Ericsson', model: cleanText(model.slice(8), 60) }
  const fire = brand === 'Amazon' ? /\bAFT[A-Z0-9]{1,7}\b/.exec(agent) : null
  return { brand: cleanText(brand, 60), model: fire?.[0] ?? cleanText(model, 60) }
}

/** Names as owners know them; what is not here is called as its agent calls it. */
const browserNames = new Map<string, string>(
  Object.entries({
    'Mobile Chrome': 'Chrome',
    'Mobile Firefox': 'Firefox',
    'Mobile Safari': 'Safari',
    'Chrome WebView': 'Android WebView',
    'Chrome Headless': 'Headless Chrome',
    'Edge WebView': 'Edge',
    'Edge WebView2': 'Edge',
    IE: 'Internet Explorer',
    IEMobile: 'Internet Explorer',
    'Opera Mobi': 'Opera',
    'Opera Tablet': 'Opera',
    'Opera Touch': 'Opera',
    GSA: 'Google App',
    Yandex: 'Yandex Browser',
    UCBrowser: 'UC Browser',
    QQBrowser: 'QQ Browser',
    Silk: 'Amazon Silk',
    360: '360 Browser',
    WebKit: 'Apple WebView',
    Bing: 'Bing App',
    bing: 'Bing App',
  }),
)

function browserNameOf(agent: string, name: string, os: string): string {
  const known = browserNames.get(name) ?? cleanText(name, 60)
  if (known !== 'Safari' && known !== 'Apple WebView') return known
  // Many browsers without a name of their own call themselves Safari, after the engine they began with.
  if (/^(?:iOS|iPadOS|macOS|tvOS)$/.test(os) || (os === 'Windows' && /version\/\d/i.test(agent))) return known
  return /^(?:BlackBerry|PlayStation|Nintendo)$/.test(os) ? `${os} Browser` : ''
}

/** Where the second number is a release of its own, and not always 0. */
const minorBrowsers = new Set(['Safari', 'Yandex Browser', 'UC Browser', 'Opera Mini'])

function browserVersionOf(agent: string, name: string, version: string): string {
  // The engine's number says nothing.
  if (
    name === '' ||
    name === 'Apple WebView' ||
    (/^(?:Safari|PlayStation Browser|Nintendo Browser)$/.test(name) && !/version\/\d/i.test(agent))
  )
    return ''
  return numbers(version, minorBrowsers.has(name) ? 2 : 1)
}

/** The first numbers of a version without zeros at its end: `14`, `8.1`, `26.1`. */
function numbers(version: string, count: number): string {
  const found = /^\d{1,5}(?!\d)(?:[._]\d{1,6})*/.exec(version)?.[0] ?? ''
  const parts = found.split(/[._]/).slice(0, count)
  while (parts.length > 1 && Number(parts.at(-1)) === 0) parts.pop()
  return parts.join('.')
}

const osNames = new Map<string, string>(
  Object.entries({
    'mac os': 'macOS',
    'chromium os': 'Chrome OS',
    'chrome os': 'Chrome OS',
    chromeos: 'Chrome OS',
    macos: 'macOS',
    windows: 'Windows',
    'windows phone': 'Windows Phone',
    'windows mobile': 'Windows Mobile',
    'windows rt': 'Windows RT',
    android: 'Android',
    'android-x86': 'Android',
    linux: 'Linux',
    gnu: 'Linux',
    kaios: 'KaiOS',
    nettv: 'Linux',
    netrange: 'Linux',
    tizen: 'Tizen',
    harmonyos: 'HarmonyOS',
    openharmony: 'HarmonyOS',
    series40: 'Series 40',
    blackberry: 'BlackBerry',
    ubuntu: 'Ubuntu',
    fedora: 'Fedora',
    debian: 'Debian',
    xbox: 'Xbox',
    playstation: 'PlayStation',
    nintendo: 'Nintendo',
  }),
)

/** Whose kernel version in the agent (or the hint) says nothing to an owner. */
const versionless = new Set(['Linux', 'Chrome OS', 'Xbox', 'Nintendo', 'Ubuntu', 'Fedora', 'Debian'])

function osOf(agent: string, found: UAParser.IOS, hints: Partial<Record<HintName, string>>): Device['os'] {
  let name = osNames.get((found.name ?? '').toLowerCase()) ?? cleanText(found.name ?? '', 60)
  let version = found.version ?? ''
  const kaios = /kaios\/?([\d.]*)/i.exec(agent)
  if (kaios) {
    name = 'KaiOS'
    version = kaios[1] ?? ''
  } else if (/apple ?tv|tvos/i.test(agent)) {
    name = 'tvOS'
    version = /\bOS (\d[\d_]*)/.exec(agent)?.[1] ?? version
  } else if (name === 'iOS' && /\bmidp\b/i.test(agent)) {
    name = ''
    version = ''
  } else if (name === 'iOS') {
    version = iosVersion(agent, version)
    if (/ipad/i.test(agent) && (version === '' || Number.parseInt(version, 10) >= 13)) name = 'iPadOS'
  } else if (name === 'macOS' && isFrozenMac(agent, version)) {
    version = ''
  } else if (name === 'Android' && /android 10; k\b/i.test(agent)) {
    version = ''
  } else if (/^Chromecast/.test(name)) {
    name = 'Chromecast'
  }

  const told = unquoted(hints['sec-ch-ua-platform'])
  const platform = osNames.get(told.toLowerCase()) ?? ''
  const exact = unquoted(hints['sec-ch-ua-platform-version'])
  // Linux is what a hint calls every distribution, and television sets too.
  const agrees =
    platform === name || (platform === 'Linux' && name !== '' && !/^(?:Windows|macOS)$/.test(name))
  if (platform !== '' && !agrees && name !== 'Xbox') {
    name = platform
    version = ''
  }
  if (platform === name && exact !== '') version = name === 'Windows' ? windowsVersion(exact) : exact
  else if (name === 'Windows' && version === '' && platform !== '') version = '10'

  if (versionless.has(name)) version = ''
  const named = /^(?:xp|vista|me|2000|nt|server 20\d\d(?: r2)?)/i.exec(version)?.[0]
  return { name, version: named ?? numbers(version, 2), family: familyOf(name) }
}

function unquoted(hint: string | undefined): string {
  return hint ? hint.replaceAll('"', '').trim() : ''
}

/** The hint counts Windows 11 from 13 on; 0.1 to 0.3 are 7, 8 and 8.1. */
function windowsVersion(hint: string): string {
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
function iosVersion(agent: string, version: string): string {
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
function isFrozenMac(agent: string, version: string): boolean {
  if (version !== '10.15.7' && !(version === '10.15' && /firefox\//i.test(agent))) return false
  return !/(?:firefox\/(?:\d|[1-7]\d|8[0-6])|chrome\/(?:\d|[1-7]\d|8[0-6])|version\/(?:\d|1[0-3]))\./i.test(
    agent,
  )
}

const linuxes =
  /linux|ubuntu|fedora|debian|suse|arch|mint|gentoo|manjaro|centos|red ?hat|mandriva|raspbian|elementary/i

function familyOf(name: string): string {
  if (name.startsWith('Windows')) return 'Windows'
  if (name === 'iOS' || name === 'iPadOS') return 'iOS'
  return linuxes.test(name) ? 'Linux' : name
}

const kinds = new Map<string, DeviceType>(
  Object.entries({
    mobile: 'smartphone',
    tablet: 'tablet',
    smarttv: 'tv',
    console: 'console',
    wearable: 'wearable',
    xr: 'wearable',
    embedded: 'peripheral',
  }),
)

const televisions =
  /hbbtv|smart-?tv|smarttv|netcast|web0s|webos\.tv|googletv|appletv|apple tv|\bbravia\b|\baft[a-z0-9]{1,7}\b|roku|viera|\btv safari\b|crkey|opera tv|\bce-html\b|android tv|tizen .*\btv\b/i
/** Phones with keys: Java, the makers' own systems, KaiOS. */
const featurePhones =
  /kaios|\bmidp\b|midp-|cldc|ucweb|series ?40|j2me|\bbrew\b|maui |(?:^|[ /(])(?:nokia|samsung|sonyericsson|lg|mot|alcatel|sagem|zte|lava|micromax|itel|spice|karbonn|tecno)[-_ ]?(?:[a-z]{2,4}-)?[a-z]{0,4}\d{2,5}[a-z]?[/ ;)]/i
const smartphones =
  /android|iphone|windows phone|windows mobile|symbian|bada|\bbb10\b|blackberry|harmonyos|tizen/i

function deviceTypeOf(agent: string, type: string | undefined, os: string): DeviceType {
  if (/qtcarbrowser|tesla\/|\bautomotive\b|android auto/i.test(agent)) return 'car'
  if (/kaios/i.test(agent) || (featurePhones.test(agent) && !smartphones.test(agent))) return 'feature_phone'
  if (type === undefined && televisions.test(agent)) return 'tv'
  const kind = type === undefined ? undefined : kinds.get(type)
  if (kind) return kind
  if (/^(?:Windows|macOS|Chrome OS)$/.test(os) || familyOf(os) === 'Linux' || /bsd|solaris|haiku/i.test(os))
    return 'desktop'
  if (os === 'Android') return /mobile|opera mini/i.test(agent) ? 'smartphone' : 'tablet'
  if (os === 'iOS' || os === 'Windows Phone' || os === 'Symbian' || os === 'Series 40') return 'smartphone'
  if (os === 'iPadOS') return 'tablet'
  return ''
}

/** How programs name themselves, whatever device they claim to be besides. */
const program =
  /bots?\b|bot[/;_-]|crawl|spider|scrap(?:e|y)|https?:|\+http|@|headless|lighthouse|preview|fetch|monitor|scan|validator|python|^java\/|curl|wget|okhttp|go-http|node\b|phantomjs|selenium|playwright|google-|feed|rss\b|archive|uptime|pingdom|index|check/i
/**
 * isbot calls many old and odd browsers programs: feature phones (`Nokia6230/2.0 ...`), television sets, Sogou's
 * browser. Where such an agent names a real device and nothing that a program says of itself, it is a person's.
 */
function isProgram(agent: string, browser: string, type: DeviceType): boolean {
  if (browser === 'Headless Chrome') return true
  if (!isbot(agent)) return false
  if (program.test(agent)) return true
  const real =
    type === 'feature_phone' ||
    type === 'tv' ||
    type === 'console' ||
    /opera mini|ucweb|ucbrowser|sogoumobilebrowser|metasr|^dalvik\//i.test(agent)
  return !real
}
