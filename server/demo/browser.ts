// What the demo's visitors browse with: agents, client hints and screens as real devices have them, in the
// version that was current on the day of the visit. Chromium tells its system and model by hints alone; Safari,
// Firefox and Samsung's browser by the agent.

import { type Random, Weighted } from './random.ts'

/** A browser that somebody has, for as long as they come. */
export type Browser = {
  model: Model
  /** How many versions it is behind the current one. */
  behind: number
  resolution: string
  colorDepth: number
}

/** What a browser sends of itself. */
export type Sent = {
  headers: Readonly<Record<string, string>>
  /** `navigator.userAgentData` with its details, as JSON; undefined where a browser has no such thing. */
  uadata: string | undefined
}

type Model = {
  name: string
  screens: Weighted<readonly [resolution: string, colorDepth: number]>
  releases: Releases
  sent: (version: string) => Sent
  /** Parameters of the protocol that say what the browser can do. */
  techniques: readonly string[]
}

/** The versions of a browser, a day number (days since 1970) for the first day of each. */
type Releases = (day: number, behind: number) => string

export function browserOf(random: Random): Browser {
  const model = models.pick(random)
  const [resolution, colorDepth] = model.screens.pick(random)
  const behind = random.chance(0.72) ? 0 : random.chance(0.75) ? 1 : 2 + random.below(6)
  return { model, behind, resolution, colorDepth }
}

/** @param day days since 1970. */
export function sentBy(browser: Browser, day: number): Sent {
  const { model, behind } = browser
  const version = model.releases(day, behind)
  const name = `${model.name} ${version}`
  let sent = made.get(name)
  if (!sent) {
    sent = model.sent(version)
    made.set(name, sent)
  }
  return sent
}

/** A few hundred: each model in the versions of the period. */
const made = new Map<string, Sent>()

// -- Versions -------------------------------------------------------------------------------------------------

/** A new version every so many days. */
function every(days: number, start: string, version: number): Releases {
  const first = dayNumber(start)
  return (day, behind) => String(Math.max(40, version + Math.floor((day - first) / days) - behind))
}

function listed(...releases: [date: string, version: string][]): Releases {
  const days = releases.map(([date, version]) => [dayNumber(date), version] as const)
  return (day, behind) => {
    const current = days.findLastIndex(([first]) => first <= day)
    return days[Math.max(0, current - behind)]?.[1] ?? ''
  }
}

function dayNumber(date: string): number {
  return Date.parse(date) / 86_400_000
}

const chromium = every(29.5, '2024-11-12', 131)
const firefox = every(28, '2024-11-26', 133)
const samsung = every(190, '2024-11-05', 27)
const opera = every(29.5, '2025-01-08', 116)
const safari = listed(
  ['2018-09-17', '12.0'],
  ['2019-09-19', '13.0'],
  ['2020-09-16', '14.0'],
  ['2021-09-20', '15.0'],
  ['2022-09-12', '16.0'],
  ['2023-09-18', '17.0'],
  ['2024-03-05', '17.4'],
  ['2024-09-16', '18.0'],
  ['2024-10-28', '18.1'],
  ['2024-12-11', '18.2'],
  ['2025-01-27', '18.3'],
  ['2025-03-31', '18.4'],
  ['2025-05-12', '18.5'],
  ['2025-07-29', '18.6'],
  ['2025-09-15', '26.0'],
  ['2025-11-03', '26.1'],
  ['2025-12-12', '26.2'],
  ['2026-02-11', '26.3'],
  ['2026-03-24', '26.4'],
  ['2026-05-11', '26.5'],
  ['2026-09-14', '27.0'],
  ['2026-11-02', '27.1'],
)
const never: Releases = () => ''

// -- Agents ---------------------------------------------------------------------------------------------------

type Brand = { brand: string; token: (version: string) => string; version?: (chromium: string) => string }

const chrome: Brand = { brand: 'Google Chrome', token: () => '' }
const edge: Brand = { brand: 'Microsoft Edge', token: (version) => ` Edg/${version}.0.0.0` }
const brave: Brand = { brand: 'Brave', token: () => '' }
const vivaldi: Brand = {
  brand: 'Vivaldi',
  token: () => '',
  version: (version) => `7.${Math.max(0, Number(version) - 131)}`,
}

type System = { agent: string; platform: string; version: string; model?: string; tablet?: boolean }

const windows11: System = { agent: 'Windows NT 10.0; Win64; x64', platform: 'Windows', version: '19.0.0' }
const windows11Before: System = { ...windows11, version: '15.0.0' }
const windows10: System = { ...windows11, version: '10.0.0' }
const macOld: System = { agent: 'Macintosh; Intel Mac OS X 10_15_7', platform: 'macOS', version: '15.6.1' }
const macNew: System = { ...macOld, version: '26.1.0' }
const linux: System = { agent: 'X11; Linux x86_64', platform: 'Linux', version: '' }
const chromeOs: System = { agent: 'X11; CrOS x86_64 14541.0.0', platform: 'Chrome OS', version: '16433.65.0' }

function android(model: string, version: string, tablet = false): System {
  return { agent: 'Linux; Android 10; K', platform: 'Android', version: `${version}.0.0`, model, tablet }
}

function chromiumOn(system: System, { brand, token, version: ownVersion }: Brand): (version: string) => Sent {
  const mobile = system.platform === 'Android' && !system.tablet
  return (version) => {
    const full = `${version}.0.${7339 + (Number(version) - 140) * 57}.${60 + (Number(version) % 90)}`
    const own = ownVersion?.(version)
    const brands = (chromiumVersion: string, brandVersion: string) => [
      { brand: 'Chromium', version: chromiumVersion },
      { brand: 'Not=A?Brand', version: own || chromiumVersion === version ? '24' : '24.0.0.0' },
      { brand, version: brandVersion },
    ]
    const short = brands(version, own ?? version)
    return {
      headers: {
        'user-agent': `Mozilla/5.0 (${system.agent}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version}.0.0.0${mobile ? ' Mobile' : ''} Safari/537.36${token(version)}`,
        'sec-ch-ua': short.map((entry) => `"${entry.brand}";v="${entry.version}"`).join(', '),
        'sec-ch-ua-mobile': mobile ? '?1' : '?0',
        'sec-ch-ua-platform': `"${system.platform}"`,
      },
      uadata: JSON.stringify({
        brands: short,
        fullVersionList: brands(full, own ?? full),
        mobile,
        model: system.model ?? '',
        platform: system.platform,
        platformVersion: system.version,
        formFactors: [mobile ? 'Mobile' : system.tablet ? 'Tablet' : 'Desktop'],
      }),
    }
  }
}

function agentOf(agent: (version: string) => string): (version: string) => Sent {
  return (version) => ({ headers: { 'user-agent': agent(version) }, uadata: undefined })
}

/** Since version 26 Safari's agent says that iOS stands still. */
function iosVersion(version: string): string {
  return Number.parseInt(version, 10) >= 26 ? '18_6' : version.replace('.', '_')
}

const safariOnPhone = agentOf(
  (version) =>
    `Mozilla/5.0 (iPhone; CPU iPhone OS ${iosVersion(version)} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${version} Mobile/15E148 Safari/604.1`,
)
const safariOnTablet = agentOf(
  (version) =>
    `Mozilla/5.0 (iPad; CPU OS ${iosVersion(version)} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${version} Mobile/15E148 Safari/604.1`,
)
const safariOnMac = agentOf(
  (version) =>
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${version} Safari/605.1.15`,
)
const chromeOnPhone = agentOf(
  (version) =>
    `Mozilla/5.0 (iPhone; CPU iPhone OS ${Number(version) < 141 ? '18_6' : '26_1'} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/${version}.0.7339.122 Mobile/15E148 Safari/604.1`,
)
const samsungOnPhone = agentOf(
  (version) =>
    `Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/${version}.0 Chrome/${Number(version) * 4 + 18}.0.0.0 Mobile Safari/537.36`,
)
const operaOnWindows = agentOf(
  (version) =>
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${Number(version) + 16}.0.0.0 Safari/537.36 OPR/${version}.0.0.0`,
)

function firefoxOn(system: string, engine = '20100101'): (version: string) => Sent {
  return agentOf(
    (version) =>
      `Mozilla/5.0 (${system}; rv:${version}.0) Gecko/${engine === '' ? `${version}.0` : engine} Firefox/${version}.0`,
  )
}

// -- Who has what ---------------------------------------------------------------------------------------------

const monitor = screens(
  ['1920x1080', 24, 42],
  ['2560x1440', 24, 17],
  ['1536x864', 24, 13],
  ['1366x768', 24, 8],
  ['3840x2160', 30, 6],
  ['3440x1440', 24, 4],
  ['1680x1050', 24, 4],
  ['1280x720', 24, 4],
  ['1600x900', 24, 2],
)
const macScreen = screens(
  ['1512x982', 30, 26],
  ['1470x956', 30, 22],
  ['1440x900', 30, 20],
  ['1728x1117', 30, 14],
  ['2560x1440', 24, 18],
)
const phone = screens(
  ['360x780', 24, 20],
  ['384x832', 24, 18],
  ['412x915', 24, 30],
  ['393x873', 24, 18],
  ['360x800', 24, 14],
)
const iphone = screens(
  ['390x844', 32, 34],
  ['393x852', 32, 26],
  ['402x874', 32, 12],
  ['430x932', 32, 12],
  ['375x812', 32, 10],
  ['375x667', 32, 6],
)
const ipad = screens(['820x1180', 32, 50], ['810x1080', 32, 30], ['1024x1366', 32, 20])

const desktop = ['cookie', 'pdf']
const mobile = ['cookie']

const models = new Weighted<Model>([
  [model('Chrome, Windows 11', monitor, chromium, chromiumOn(windows11, chrome), desktop), 118],
  [model('Chrome, Windows 11 before', monitor, chromium, chromiumOn(windows11Before, chrome), desktop), 28],
  [model('Chrome, Windows 10', monitor, chromium, chromiumOn(windows10, chrome), desktop), 46],
  [model('Edge, Windows 11', monitor, chromium, chromiumOn(windows11, edge), desktop), 52],
  [model('Edge, Windows 10', monitor, chromium, chromiumOn(windows10, edge), desktop), 18],
  [model('Brave, Windows 11', monitor, chromium, chromiumOn(windows11, brave), desktop), 7],
  [model('Vivaldi, Windows 11', monitor, chromium, chromiumOn(windows11, vivaldi), desktop), 3],
  [model('Chrome, macOS', macScreen, chromium, chromiumOn(macOld, chrome), desktop), 16],
  [model('Chrome, new macOS', macScreen, chromium, chromiumOn(macNew, chrome), desktop), 14],
  [model('Brave, macOS', macScreen, chromium, chromiumOn(macNew, brave), desktop), 3],
  [model('Chrome, Linux', monitor, chromium, chromiumOn(linux, chrome), desktop), 9],
  [model('Chrome, Chrome OS', monitor, chromium, chromiumOn(chromeOs, chrome), desktop), 7],
  [model('Opera, Windows', monitor, opera, operaOnWindows, desktop), 9],
  [model('Firefox, Windows', monitor, firefox, firefoxOn('Windows NT 10.0; Win64; x64'), desktop), 42],
  [model('Firefox, macOS', macScreen, firefox, firefoxOn('Macintosh; Intel Mac OS X 10.15'), desktop), 9],
  [model('Firefox, Ubuntu', monitor, firefox, firefoxOn('X11; Ubuntu; Linux x86_64'), desktop), 9],
  [model('Firefox, Linux', monitor, firefox, firefoxOn('X11; Linux x86_64'), desktop), 9],
  [model('Safari, macOS', macScreen, safari, safariOnMac, desktop), 46],
  [model('Safari, iPhone', iphone, safari, safariOnPhone, mobile), 205],
  [model('Chrome, iPhone', iphone, chromium, chromeOnPhone, mobile), 16],
  [model('Safari, iPad', ipad, safari, safariOnTablet, mobile), 26],
  [model('Samsung Internet', phone, samsung, samsungOnPhone, mobile), 28],
  [model('Firefox, Android', phone, firefox, firefoxOn('Android 15; Mobile', ''), mobile), 12],
  ...androids(),
  [
    model(
      'Chrome, Galaxy Tab',
      screens(['800x1280', 24, 1]),
      chromium,
      chromiumOn(android('SM-X710', '15', true), chrome),
      mobile,
    ),
    12,
  ],
  [
    model(
      'Samsung television',
      screens(['1920x1080', 24, 1]),
      never,
      agentOf(
        () =>
          'Mozilla/5.0 (SMART-TV; LINUX; Tizen 8.0) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/5.2 Chrome/120.0.6099.5 TV Safari/537.36',
      ),
      mobile,
    ),
    2,
  ],
  [
    model(
      'PlayStation',
      screens(['1920x1080', 24, 1]),
      never,
      agentOf(
        () =>
          'Mozilla/5.0 (PlayStation; PlayStation 5/11.00) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.0 Safari/605.1.15',
      ),
      mobile,
    ),
    1,
  ],
  [
    model(
      'An office that time forgot',
      screens(['1280x1024', 16, 1], ['1024x768', 16, 1]),
      never,
      agentOf(() => 'Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko'),
      ['cookie', 'pdf', 'java', 'fla', 'wma', 'qt', 'realp', 'dir', 'ag', 'gears'],
    ),
    2,
  ],
])

function androids(): [Model, number][] {
  const phones: [name: string, version: string, weight: number][] = [
    ['SM-S921B', '15', 22],
    ['SM-S931B', '16', 22],
    ['SM-A556B', '15', 28],
    ['SM-A155F', '14', 20],
    ['SM-G991B', '13', 12],
    ['Pixel 8', '16', 14],
    ['Pixel 9', '16', 14],
    ['Pixel 6a', '15', 8],
    ['23078RKD5C', '14', 9],
    ['2201117TY', '13', 9],
    ['CPH2581', '15', 8],
    ['moto g84 5G', '14', 7],
    ['M2101K6G', '12', 5],
    ['XQ-DQ54', '14', 3],
    ['A142', '15', 3],
  ]
  return phones.map(([name, version, weight]) => [
    model(`Chrome, ${name}`, phone, chromium, chromiumOn(android(name, version), chrome), mobile),
    weight,
  ])
}

function model(
  name: string,
  screens: Model['screens'],
  releases: Releases,
  sent: Model['sent'],
  techniques: readonly string[],
): Model {
  return { name, screens, releases, sent, techniques }
}

function screens(...entries: [resolution: string, colorDepth: number, weight: number][]): Model['screens'] {
  return new Weighted(entries.map(([resolution, depth, weight]) => [[resolution, depth] as const, weight]))
}
