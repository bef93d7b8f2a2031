// The thing itself: its kind, who made it, and its model. As Matomo's Device Detector tells it from its rules, and
// where they are silent from what systems and browsers say of themselves.

import type { Client } from './device-client.ts'
import type { BrandRule, DeviceData, DeviceGroup } from './device-data.ts'
import type { Match, Reading } from './device-expressions.ts'
import type { DeviceType } from './device-facts.ts'
import type { Told } from './device-hints.ts'
import type { System } from './device-system.ts'
import { compareVersions, filled } from './device-template.ts'

export type Kind = { type: DeviceType; brand: string; model: string }

/** Matomo's words for kinds, and ours. */
const types = new Map<string, DeviceType>([
  ['desktop', 'desktop'],
  ['smartphone', 'smartphone'],
  ['phablet', 'phablet'],
  ['tablet', 'tablet'],
  ['feature phone', 'feature_phone'],
  ['tv', 'tv'],
  ['console', 'console'],
  ['wearable', 'wearable'],
  ['car browser', 'car'],
  ['smart display', 'smart_display'],
  ['smart speaker', 'smart_speaker'],
  ['portable media player', 'portable_media_player'],
  ['camera', 'camera'],
  ['peripheral', 'peripheral'],
])

/** A rule's expressions stand at the beginning of a word; so do these. */
function word(source: string): RegExp {
  return new RegExp(`(?:^|[^A-Z0-9_-]|[^A-Z0-9-]_|sprd-|MZ-)(?:${source})`, 'i')
}

/** Agents that only such rules are meant for. */
const entrances: Partial<Record<DeviceGroup, RegExp>> = {
  hbbtv: word('(?:HbbTV|SmartTvA)/[1-9](?:\\.[0-9]){1,2}'),
  'shell tv': /[a-z][ _]Shell[ _]\w{6}|tclwebkit\d/i,
  notebook: word('FBMD/'),
}

const computer = word('Windows (?:NT|IoT)|X11; Linux x86_64')
const noComputer = word(
  'CE-HTML| Mozilla/|Andr[o0]id|Tablet|Mobile|iPhone|Windows Phone|ricoh|OculusBrowser|PicoBrowser|Lenovo|compatible; MSIE|Trident/|Tesla/|XBOX|FBMD/|ARM; ?[^)]+',
)

/** An agent that says nothing of the device any more. */
const frozenAndroid = /Android (?:1[0-6][.\d]*; K(?: Build\/|[;)])|1[0-6]\)) AppleWebKit/i

const appleSystems = new Set(['tvOS', 'iOS', 'Mac', 'iPadOS', 'watchOS'])
const computerSystems = new Set([
  ...['AmigaOS', 'IBM', 'GNU/Linux', 'Mac', 'Unix', 'Windows', 'BeOS', 'Chrome OS'],
])
const televisionClients = new Set([
  ...['Kylo', 'Espial TV Browser', 'LUJO TV Browser', 'LogicUI TV Browser', 'Open TV Browser'],
  ...['Seraphic Sraf', 'Opera Devices', 'Crow Browser', 'Vewd Browser', 'TiviMate', 'Quick Search TV'],
  ...['QJY TV Browser', 'TV Bro', 'Redline', 'Odin'],
])
/** In the order in which they count. */
const formFactors: [string, DeviceType][] = [
  ['automotive', 'car'],
  ['xr', 'wearable'],
  ['watch', 'wearable'],
  ['mobile', 'smartphone'],
  ['tablet', 'tablet'],
  ['desktop', 'desktop'],
  ['eink', 'tablet'],
]

function isFrozen(agent: string): boolean {
  return frozenAndroid.test(agent) && !/Telegram-Android\//i.test(agent)
}

function isComputer(agent: string): boolean {
  return computer.test(agent) && !noComputer.test(agent)
}

/** The agent with its model again, which hints tell beside it. */
export function withModel(agent: string, { model, platformVersion }: Told): string {
  if (model === '') return agent
  const whole = isFrozen(agent)
    ? agent.replace(/Android (?:10[.\d]*; K|1[1-9])/, () => `Android ${platformVersion || '10'}; ${model}`)
    : agent
  if (!isComputer(whole)) return whole
  return whole.replace(/X11; Linux x86_64|Windows NT 10\.0; Win64; x64/, (place) => `${place}; ${model}`)
}

export class Kinds {
  readonly #data: DeviceData
  readonly #mobileBrowsers: Set<string>

  constructor(data: DeviceData) {
    this.#data = data
    this.#mobileBrowsers = new Set(data.mobileBrowsers)
  }

  /** @param reading of the agent with its model, when hints tell it. */
  of(reading: Reading, told: Told, system: System, client: Client | undefined): Kind {
    const made = this.#made(reading, told)
    const apple = appleSystems.has(system.name)
    // An agent that says iPhone and Android is neither's.
    const kind = made.brand === 'Apple' && !apple ? { type: '' as const, brand: '', model: '' } : made
    if (kind.brand === '' && apple) kind.brand = 'Apple'
    if (system.name === 'ThinOS') kind.brand = 'Dell'
    if (system.name === 'Coolita OS' && kind.brand === '') kind.brand = 'coocaa'
    kind.type = this.#type(kind.type, reading.agent, told, system, client)
    return kind
  }

  #made(reading: Reading, told: Told): Kind {
    const { agent } = reading
    const silent = told.model === '' && (isFrozen(agent) || isComputer(agent))
    const kind = (silent ? undefined : this.#byRules(reading)) ?? { type: '', brand: '', model: '' }
    if (kind.brand === '') kind.brand = reading.first(this.#data.vendors)?.rule ?? ''
    if (kind.model === '') kind.model = told.model
    return kind
  }

  #byRules(reading: Reading): Kind | undefined {
    for (const rules of this.#data.devices) {
      if (entrances[rules.group]?.test(reading.agent) === false) continue
      const match = reading.first(rules)
      const kind = match ? byBrand(reading, match) : undefined
      if (kind?.brand === 'Apple' && /android /i.test(reading.agent))
        return { type: '', brand: '', model: '' }
      if (rules.group === 'hbbtv') return { ...(kind ?? { brand: '', model: '' }), type: kind?.type || 'tv' }
      if (rules.group === 'shell tv') return { ...(kind ?? { brand: '', model: '' }), type: 'tv' }
      if (kind) return rules.group === 'notebook' ? { ...kind, type: 'desktop' } : kind
    }
    return undefined
  }

  #type(made: DeviceType, agent: string, told: Told, system: System, client: Client | undefined): DeviceType {
    let type = made
    const assume = (assumed: DeviceType, when: boolean) => {
      if (type === '' && when) type = assumed
    }
    const android = system.family === 'Android'
    if (type === '' && told.model !== '')
      type = formFactors.find(([factor]) => told.formFactors.includes(factor))?.[1] ?? ''
    assume('wearable', says.virtualReality.test(agent))
    // Chrome on Android says Mobile on phones, and nothing on tablets; so does whatever is made from it.
    if (android && says.chrome.test(agent)) assume(says.mobile.test(agent) ? 'smartphone' : 'tablet', true)
    if (type === 'smartphone' && says.pad.test(agent)) type = 'tablet'
    assume('tablet', says.tablet.test(agent) || says.tabletEnd.test(agent))
    assume('smartphone', says.mobileFirst.test(agent) || says.mobileEnd.test(agent))
    // Android 3 was for tablets alone, and what came before 2 for phones.
    if (system.name === 'Android' && system.version !== '') {
      assume('smartphone', compareVersions(system.version, '2.0') < 0)
      assume(
        'tablet',
        compareVersions(system.version, '3.0') >= 0 && compareVersions(system.version, '4.0') < 0,
      )
    }
    if (type === 'feature_phone' && android) type = 'smartphone'
    assume('feature_phone', system.name === 'Java ME')
    if (system.name === 'KaiOS') type = 'feature_phone'
    const touchable =
      system.name === 'Windows RT' ||
      (system.name === 'Windows' && system.version !== '' && compareVersions(system.version, '8') >= 0)
    assume('tablet', touchable && says.touch.test(agent))
    if (says.puffin.test(agent)) {
      // Later ones count more.
      assume('tablet', says.puffinTablet.test(agent))
      assume('smartphone', says.puffinPhone.test(agent))
      assume('desktop', says.puffinDesktop.test(agent))
    }
    if (says.televisionStore.test(agent) || system.name === 'Coolita OS') type = 'tv'
    const other = type === 'wearable' || type === 'peripheral'
    if (type !== 'tv' && !other && says.androidTelevision.test(agent)) type = 'tv'
    assume('tv', says.television.test(agent))
    if (client && televisionClients.has(client.name)) type = 'tv'
    assume('tv', says.televisionFirst.test(agent))
    if (says.desktop.test(agent)) type = 'desktop'
    const onPhonesOnly = client?.kind === 'browser' && this.#mobileBrowsers.has(client.name)
    assume(
      'desktop',
      !onPhonesOnly && (computerSystems.has(system.name) || computerSystems.has(system.family)),
    )
    // Where Matomo knows nothing: what asks by these is held in a hand.
    assume('tablet', says.openTablet.test(agent))
    assume('smartphone', says.openPhone.test(agent) || (android && client?.name === 'Opera Mini'))
    return type
  }
}

/** Words by which systems and browsers tell the kind of their device. */
const says = {
  virtualReality: phrase('Android( [.0-9]+)?; Mobile VR;| VR '),
  chrome: phrase('Chrome/[.0-9]*'),
  mobile: phrase('Mobile|eliboM'),
  pad: phrase('Pad/APad'),
  tablet: phrase('Android( [.0-9]+)?; Tablet;|Tablet(?! PC)|Opera Tablet'),
  tabletEnd: /-tablet$/i,
  mobileFirst: phrase('Android( [.0-9]+)?; Mobile;'),
  mobileEnd: /-mobile$/i,
  touch: phrase('Touch'),
  puffin: /Puffin\/\d/i,
  puffinDesktop: phrase('Puffin/\\d+[.\\d]+[LMW]D'),
  puffinPhone: phrase('Puffin/\\d+[.\\d]+[AIFLW]P'),
  puffinTablet: phrase('Puffin/\\d+[.\\d]+[AILW]T'),
  televisionStore: phrase('Opera TV Store| OMI/'),
  androidTelevision: phrase('Andr0id|(?:Android(?: UHD)?|Google) TV|\\(lite\\) TV|BRAVIA|Firebolt| TV$'),
  television: phrase('SmartTV|Tizen.+ TV .+$'),
  televisionFirst: phrase('\\(TV;'),
  openPhone: /\(Phone; OpenHarmony/i,
  openTablet: /\(Tablet; OpenHarmony/i,
  desktop: phrase('(?:Desktop|PC)(?: (?:x(?:32|64)|WOW64))?;'),
}

function phrase(source: string): RegExp {
  return new RegExp(`(?:^|[^A-Z_-])(?:${source})`, 'i')
}

function byBrand(reading: Reading, { rule, groups }: Match<BrandRule>): Kind {
  const brand = rule.brand === 'Unknown' ? '' : rule.brand
  const type = types.get(rule.type ?? '') ?? ''
  if (!rule.models) return { type, brand, model: modelOf(rule.model ?? '', groups) }
  const found = reading.first(rule.models)
  if (!found) return { type, brand, model: '' }
  const [model, modelType, modelBrand] = found.rule
  return {
    type: types.get(modelType) ?? type,
    brand: modelBrand || brand,
    model: modelOf(model, found.groups),
  }
}

function modelOf(template: string, groups: readonly (string | undefined)[]): string {
  const model = filled(template, groups).replaceAll('_', ' ').replace(/ TD$/i, '').trim()
  return model === 'Build' ? '' : model
}
