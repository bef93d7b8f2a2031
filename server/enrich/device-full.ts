// The full recogniser: Matomo's Device Detector's rules, in an order and with exceptions as Matomo has them, so that
// both tell the same names. Its programs are not used; this is written for agents by the thousand a second, and for
// those that are made to take long.

import { isbot } from 'isbot'
import { type Client, Clients } from './device-client.ts'
import type { DeviceData } from './device-data.ts'
import { Expressions } from './device-expressions.ts'
import type { Device } from './device-facts.ts'
import { type CutHints, readHints, type Told } from './device-hints.ts'
import { type Kind, Kinds, withModel } from './device-kind.ts'
import { type System, Systems } from './device-system.ts'
import { iosVersion, isFrozenMac, numbers, windowsVersion } from './device-version.ts'
import { cleanText } from './text.ts'

/** Bytes of a name or a model that are kept. */
const longest = 60

export class FullRecogniser {
  readonly #data: DeviceData
  readonly #expressions: Expressions
  readonly #systems: Systems
  readonly #clients: Clients
  readonly #kinds: Kinds

  constructor(data: DeviceData) {
    this.#data = data
    this.#expressions = new Expressions(data)
    this.#systems = new Systems(data)
    this.#clients = new Clients(data)
    this.#kinds = new Kinds(data)
  }

  recognise(agent: string, hints: CutHints): Device {
    const told = readHints(hints)
    const reading = this.#expressions.read(agent)
    const whole = withModel(agent, told)
    const wholeReading = whole === agent ? reading : this.#expressions.read(whole)
    const system = this.#systems.of(wholeReading, told)
    const client = this.#clients.of(reading, told)
    const kind = this.#kinds.of(wholeReading, told, system, client)
    const known = reading.first(this.#data.bots) !== undefined
    return {
      os: {
        name: cleanText(system.name, longest),
        version: systemVersion(agent, system, told),
        family: system.family,
      },
      browser: {
        name: cleanText(client?.name ?? '', longest),
        version: clientVersion(client),
      },
      device: {
        type: kind.type,
        brand: cleanText(kind.brand, longest),
        model: cleanText(kind.model, longest),
      },
      bot: known || isProgram(agent, system, client, kind),
    }
  }
}

/** Whose hint tells the version of the kernel, which says nothing to an owner. */
const versionless = new Set(['GNU/Linux', 'Chrome OS'])

function systemVersion(agent: string, { name, version }: System, told: Told): string {
  if (versionless.has(name)) return ''
  const exact = told.platform !== '' && told.platformVersion !== ''
  if (name === 'Windows' && exact) return windowsVersion(told.platformVersion)
  if (!exact) {
    if (name === 'iOS' || name === 'iPadOS') return numbers(iosVersion(agent, version), 2)
    if (name === 'Mac' && isFrozenMac(agent, claimedMac(agent) ?? version)) return ''
    if (name === 'Android' && /android 10; k\b/i.test(agent)) return ''
  }
  // Some are words: XP, 3DS.
  return /^\d+(?:\.\d+)*$/.test(version) ? numbers(version, 2) : cleanText(version, longest)
}

/** Safari 26 runs on three versions of macOS and calls them all by this. */
function claimedMac(agent: string): string | undefined {
  return /Mac OS X (\d+(?:[_.]\d+)*)/.exec(agent)?.[1]?.replaceAll('_', '.')
}

/** Where the second number is a release of its own, and not always 0. */
const minorBrowsers = new Set(['Safari', 'Mobile Safari', 'Yandex Browser', 'UC Browser', 'Opera Mini'])

function clientVersion(client: Client | undefined): string {
  if (!client) return ''
  return numbers(client.version, minorBrowsers.has(client.name) ? 2 : 1)
}

/** Programs that no rule for robots names: libraries, browsers without a screen, and what isbot alone knows. */
function isProgram(agent: string, system: System, client: Client | undefined, kind: Kind): boolean {
  const nameless = kind.brand === '' && kind.model === ''
  if (/headless|phantomjs/i.test(client?.name ?? '') || /\bphantomjs\//i.test(agent)) return true
  if (client?.kind === 'library') return nameless
  if (!nameless || kind.type !== '') return false
  // The servers of messengers fetch what is linked to under the name of the app alone.
  const clueless = client === undefined ? system.name === '' : client.kind === 'mobile app'
  return clueless && isbot(agent)
}
