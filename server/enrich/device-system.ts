// The operating system, as Matomo's Device Detector tells it from its rules and from what hints say.

import type { DeviceData, SystemRule } from './device-data.ts'
import type { Match, Reading } from './device-expressions.ts'
import type { Told } from './device-hints.ts'
import { filled, versionOf } from './device-template.ts'

/** `version` as long as it was found. */
export type System = { name: string; version: string; family: string }

/** Browsers that call themselves a computer's while they run on televisions and phones with Android. */
const androidApps = new Set([
  'com.hisense.odinbrowser',
  'com.seraphic.openinet.pre',
  'com.appssppa.idesktoppcbrowser',
  'every.browser.inc',
])

/** How hints call a system that Matomo calls otherwise, without spaces. */
const hintNames = new Map([
  ['linux', 'gnu/linux'],
  ['macos', 'mac'],
  ['cloudphone2.4', 'puffinos'],
])

export class Systems {
  readonly #data: DeviceData
  /** By lower-case name without spaces. */
  readonly #known: Map<string, { name: string; family: string }>

  constructor(data: DeviceData) {
    this.#data = data
    this.#known = new Map(data.systemNames.map(([name, , family]) => [plain(name), { name, family }]))
  }

  /** @param reading of the agent as it was before browsers left the model out, when hints tell it. */
  of(reading: Reading, told: Told): System {
    const found = this.#fromAgent(reading)
    const hinted = told.platform === '' ? undefined : this.#fromHints(told)
    const system = hinted ? this.#together(hinted, found, told) : (found ?? unknown)
    return this.#ofApp(system, found, told.app)
  }

  #fromAgent(reading: Reading): System | undefined {
    const match = reading.first(this.#data.systems)
    if (!match) return undefined
    const system = this.#named(filled(match.rule.name, match.groups))
    return { ...system, version: versionOfRule(reading, match) }
  }

  #fromHints({ platform, platformVersion }: Told): System | undefined {
    const key = plain(platform)
    const known = this.#known.get(hintNames.get(key) ?? key)
    if (!known) return undefined
    const zero = platformVersion !== '0.0.0' && Number.parseInt(platformVersion, 10) === 0
    return { ...known, version: known.name !== 'Windows' && zero ? '' : platformVersion }
  }

  /** Hints are newer than what they are sent with, but where the agent knows the variant it knows more. */
  #together(hinted: System, found: System | undefined, told: Told): System {
    if (!found) return hinted
    const { name, family } = hinted
    const version = hinted.version === '' && family === found.family ? found.version : hinted.version
    if (name === 'Puffin OS') return { ...hinted, version: found.version }
    if (name === 'Windows' && version === '0.0.0')
      return { ...hinted, version: found.version === '10' ? '' : found.version }
    // Chrome OS and headsets call themselves Linux, or Android.
    if (name === 'GNU/Linux' && found.name === 'Chrome OS' && told.platformVersion === found.version)
      return { ...found, version }
    if (name === 'Android' && found.name === 'Chrome OS') return { ...found, version: '' }
    if (name === 'GNU/Linux' && found.name === 'Meta Horizon') return { ...found, version }
    if (found.family !== name || found.name === name) return { ...hinted, version }
    if (found.name === 'LeafOS' || found.name === 'HarmonyOS') return { ...found, version: '' }
    if (found.name === 'PICO OS') return found
    if (found.name === 'Fire OS' && told.platformVersion !== '')
      return { ...found, version: mapped(told.platformVersion, this.#data.fireVersions) }
    return { ...found, version }
  }

  #ofApp(system: System, found: System | undefined, app: string): System {
    if (app === '' || !found) return system
    if (androidApps.has(app) && found.name !== 'Android') return { ...this.#named('Android TV'), version: '' }
    if (app === 'org.lineageos.jelly' && system.name !== 'Lineage OS')
      return { ...this.#named('Lineage OS'), version: mapped(found.version, this.#data.lineageVersions) }
    if (app === 'org.mozilla.tv.firefox' && system.name !== 'Fire OS')
      return { ...this.#named('Fire OS'), version: mapped(system.version, this.#data.fireVersions) }
    return system
  }

  #named(name: string): System {
    return { ...(this.#known.get(plain(name)) ?? { name, family: '' }), version: '' }
  }
}

const unknown: System = { name: '', version: '', family: '' }

function versionOfRule(reading: Reading, { rule, groups }: Match<SystemRule>): string {
  const found = rule.versions && reading.first(rule.versions)
  return found ? versionOf(found.rule, found.groups) : versionOf(rule.version, groups)
}

function plain(name: string): string {
  return name.replaceAll(' ', '').toLowerCase()
}

/** By the whole version, or by its first number. */
function mapped(version: string, versions: Record<string, string>): string {
  return versions[version] ?? versions[version.split('.')[0] ?? ''] ?? ''
}
