// The agents of known-agents.txt and what they are.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Device, DeviceType, Hints } from '../../server/enrich/device.ts'
import { packageRoot } from '../../server/root.ts'

export type KnownAgent = { agent: string; hints: Hints; device: Device }

const [, ...sections] = readFileSync(join(packageRoot, 'test/world/known-agents.txt'), 'utf8').split('\n## ')
const groups = sections.map((section): [string, string[][]] => {
  const [name = '', ...lines] = section.trimEnd().split('\n')
  return [name, lines.map((line) => line.split('|'))]
})

/** People's devices, by groups. */
export const knownAgents = groups
  .filter(([name]) => name !== 'programs')
  .map(([name, rows]): [string, KnownAgent[]] => [name, rows.map(known)])

/** Robots, libraries, and browsers that nobody looks at. */
export const programs = groups
  .filter(([name]) => name === 'programs')
  .flatMap(([, rows]) => rows.map(([agent = '', hints]) => ({ agent, hints: hintsOf(hints) })))

function known(columns: string[]): KnownAgent {
  const [system = '', systemVersion = '', family = '', browser = '', version = ''] = columns
  const [type = '', brand = '', model = '', agent = '', hints] = columns.slice(5)
  return {
    agent,
    hints: hintsOf(hints),
    device: {
      os: { name: system, version: systemVersion, family },
      browser: { name: browser, version },
      device: { type: type as DeviceType, brand, model },
      bot: false,
    },
  }
}

function hintsOf(json: string | undefined): Hints {
  return json === undefined ? {} : (JSON.parse(json) as Hints)
}
