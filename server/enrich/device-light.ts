// The light recogniser: ua-parser-js and isbot, with what they get wrong put right. It has no rules to load and knows
// the browsers and systems that most people use, but few of the makers and models. Its names are its own: Chrome is
// Chrome on phones too, and macOS is no Mac.

import { isbot } from 'isbot'
import { UAParser } from 'ua-parser-js'
import type { Device, DeviceType } from './device-facts.ts'
import { type CutHints, unquoted } from './device-hints.ts'
import { iosVersion, isFrozenMac, numbers, windowsVersion } from './device-version.ts'
import { cleanText } from './text.ts'

export function recogniseLightly(wholeAgent: string, hints: CutHints): Device {
  const agent = withoutTraps(wholeAgent)
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

function osOf(agent: string, found: UAParser.IOS, hints: CutHints): Device['os'] {
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
