// The device behind a request: operating system, browser, kind and model, and whether it is a program at all.
// Read from the user agent and, where a browser tells more by client hints, from those. Two recognisers can tell
// it: the full one, by the rules of Matomo's Device Detector, and a light one that does without.

import { LRUCache } from 'lru-cache'
import { readDeviceData } from './device-data.ts'
import type { Device } from './device-facts.ts'
import { FullRecogniser } from './device-full.ts'
import { type CutHints, cutHints, type Hints } from './device-hints.ts'
import { recogniseLightly } from './device-light.ts'
import { ownText } from './remembered.ts'

export type { Device, DeviceType } from './device-facts.ts'
export { type Hints, hintsFromUaData } from './device-hints.ts'

export type Recognition = 'full' | 'light'

/** What is read of an agent; what comes after is no browser's. */
const maxAgent = 500

/**
 * Devices seen lately, by agent and hints: at most 5000, some 6 MB. Most hits of a day come from few; a flood of
 * invented ones costs its own recognition and pushes out nothing that is not soon back.
 */
const seen = new LRUCache<string, Device>({ max: 5000 })

type Recognise = (agent: string, hints: CutHints) => Device

let recognise: Recognise | undefined
let full: FullRecogniser | undefined

/**
 * Which recogniser is asked from now on. The full one reads its rules the first time, 2 MB from dist/devices.json
 * in about 0.1 s: a service does that before it listens. Where nobody chose, the first `parse` loads the full one.
 * @throws Error when the build has not made the rules
 */
export function chooseRecognition(choice: Recognition): void {
  recognise = choice === 'light' ? recogniseLightly : recogniseFully()
  seen.clear()
}

function recogniseFully(): Recognise {
  full ??= new FullRecogniser(readDeviceData())
  const recogniser = full
  return (agent, hints) => recogniser.recognise(agent, hints)
}

export function parse(userAgent: string, hints: Hints = {}): Device {
  const agent = userAgent.length > maxAgent ? userAgent.slice(0, maxAgent) : userAgent
  const told = cutHints(hints)
  let key = agent
  for (const [name, value] of Object.entries(told)) key += `\n${name} ${value}`
  let device = seen.get(key)
  if (!device) {
    recognise ??= recogniseFully()
    device = recognise(agent, told)
    seen.set(ownText(key), device)
  }
  return device
}
