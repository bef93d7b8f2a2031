// The rules of the device data, tried one by one: the index in front of the expressions loses none of their matches,
// and nothing in the data takes long.

import { describe, expect, test } from 'vitest'
import { compileDevices } from '../../../scripts/devices.mjs'
import { partsOf, requiredLiterals, textsOf } from '../../../scripts/literals.mjs'
import { deviceCodes } from '../../../server/enrich/device-codes.ts'
import { FullRecogniser } from '../../../server/enrich/device-full.ts'
import {
  devicesOf,
  hostileAgents,
  type MadeDevice,
  randomOf,
  textFor,
  writtenOut,
} from '../../world/device-agents.ts'
import { knownAgents } from '../../world/known-agents.ts'

const data = await compileDevices()
const recogniser = new FullRecogniser(data)
const start = '(?:^|[^A-Z0-9_-]|[^A-Z0-9-]_|sprd-|MZ-)'

const compiled = new Map<number, RegExp>()

function matches(number: number, agent: string): boolean {
  let expression = compiled.get(number)
  if (!expression) {
    expression = new RegExp(`${start}(?:${writtenOut(data.expressions[number] ?? '')})`, 'i')
    compiled.set(number, expression)
  }
  return expression.test(agent)
}

test('the data is compiled to the same bytes each time', async () => {
  expect(JSON.stringify(await compileDevices())).toBe(JSON.stringify(data))
})

test('systems, browsers and brands have the codes that Matomo reports them by', () => {
  const codes = deviceCodes(data)
  expect([codes.system('Windows'), codes.system('GNU/Linux'), codes.system('iOS')]).toEqual([
    'WIN',
    'LIN',
    'IOS',
  ])
  expect([codes.browser('Chrome'), codes.browser('Mobile Safari')]).toEqual(['CH', 'MF'])
  expect([codes.brand('Apple'), codes.brand('Samsung')]).toEqual(['AP', 'SA'])
  expect([codes.system('OS/9'), codes.browser('Instagram'), codes.brand('')]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})

describe('literals that an expression cannot do without', () => {
  test.each([
    ['Chrome/', ['chrome/']],
    ['SM-A[0-9]{3}', ['sm-a']],
    ['(?:Foo|Bar)-?Phone', ['foophone', 'foo-phone', 'barphone', 'bar-phone']],
    ['Foo.*(Barbaz)?', ['foo']],
    ['Foo(?!Bar)[AB]1', ['fooa1', 'foob1']],
    ['(?:Abc|Def)+', ['abc', 'def']],
    ['[a-z]+; Lumia 9\\d0', ['; lumia 900', '; lumia 910']],
    ['.*', undefined],
    ['Foo|[0-9]+', undefined],
    ['M(\\d*)', undefined],
  ])('%s', (expression, literals) => {
    const found = requiredLiterals(expression)
    if (literals === undefined) expect(found).toBeUndefined()
    else expect(found).toEqual(expect.arrayContaining(literals))
  })

  test('every text that an expression matches holds one of them', () => {
    const random = randomOf(5)
    let checked = 0
    for (const expression of data.expressions.map(writtenOut)) {
      const literals = requiredLiterals(expression)
      if (!literals) continue
      const text = textFor(expression, random)
      if (!new RegExp(`${start}(?:${expression})`, 'i').test(text)) continue
      checked++
      const lower = text.toLowerCase()
      if (!literals.some((literal) => lower.includes(literal))) expect.fail(`${expression} matches ${text}`)
    }
    expect(checked).toBeGreaterThan(25_000)
  })
})

describe('an expression is taken apart', () => {
  test.each([
    ['(?:Foo|Bar7) ?X(?:[);/ ]|$)', ['(?:Foo|Bar7) ?X(?:[);/ ]|$)']],
    ['Foo|Bar.*', ['Foo', 'Bar.*']],
    ['A(?:B.|C)D', ['AB.D', 'ACD']],
    ['A(?:B|C)+D', ['A(?:B|C)+D']],
    ['Nokia(?!Browser|X)|[a|b]c.', ['Nokia(?!Browser|X)', '[a|b]c.']],
  ])('%s', (expression, parts) => {
    expect(partsOf(expression)).toEqual(parts)
  })

  test.each([
    ['SM-S9[12]8B(?:[);/ ]|$)', { texts: ['sm-s918b', 'sm-s928b'], ends: true }],
    ['Foo ?Bar', { texts: ['foobar', 'foo bar'], ends: false }],
    ['Foo(?!Bar)', undefined],
    ['^Foo', undefined],
    ['Foo\\d+', undefined],
    ['A|B(?:[);/ ]|$)', undefined],
  ])('%s', (expression, texts) => {
    expect(textsOf(expression)).toEqual(texts)
  })
})

/** Devices whose agents an earlier rule takes, as it does in Matomo. */
const taken = `
  Microsoft Surface Book 3 | Nokia | RIM 9720 | RIM Torch $1 | Apple | Apple iPhone 4S | MicroMax B5 Pro
  4Good Kids S45 | Alcatel One Touch POP 7 | Alcatel Cingular Flip 2 | Asus Chromebook Flip $1
  Blackview Tab 11 SE | Vivo X6S Plus | ComTrade Tesla L7 | Condor PGN-$1 | Digma Optima Kids 7
  Sony Ericsson Yari | Sony BDP7G | Sony BDP8G AX | Sony BDP9G AXD | Ezio $1 | Gionee $1 Pro
  General Mobile E-Tab $1 | Google Pixelbook Go | Haier Android TV FF Pro | Infinix Zero 5 Pro
  Infinix Smart | Lava X2 | Lava P7 Plus | Lava KKT40 Power Plus | Land Rover Luxury | Lenovo M10
  LG G Pad 8.3 LTE | LG KEY0000010F | LG Watch Urbane | LG G Watch$1 | LG | Konka Expose $1
  Maxwest Astro X4 | Mobicel Zoom | astro (MY) $1 | Samsung Smart TV | Sky Premier 5 | Sky Q Mini
  Sky Q 1TB | Sky Q 2TB | Sky Q 2TB | Sky Q 2TB V3 | SONOS OneSL | Teclast P80X | Vitelcom $1 | Vitelcom $1
  POCO X5 GT Pro | Xiaomi Mi Note $1 | ZYQ QTab Tab4 | ZTE Axon 7 | ZTE Skate 2 | ZTE Blade X10 II Pro+
  ZTE Blade A52 | Vertex Tab $1G $2.$3" | Highscreen WinWin | Chuwi Vi10 Plus | RugGear RG725
  Eltex NV-$1-WB | Fero A4001 Plus | Hiremco Matrix | M-Tech Turbo L$1 | Kiowa S5 Ultra
  Stylo SM61 Magic Plus | Meizu 16 | Hisense $1 | Hisense $1 | SINGER 4K Smart TV | Dawlance 4K Smart TV
`

test('every device of the data is found again by an agent made from it, or an earlier rule takes the agent', () => {
  const fates = { found: 0, taken: [] as string[], lost: [] as string[] }
  for (const made of devicesOf(data)) {
    const fate = fateOf(made)
    if (fate === 'found') fates.found++
    else fates[fate].push(`${made.brand} ${made.model}`.trim())
  }
  expect(fates).toEqual({ found: 16_229, taken: taken.trim().split(/ \| |\n +/), lost: [] })
})

function fateOf(made: MadeDevice): 'found' | 'taken' | 'lost' {
  let fate: 'taken' | 'lost' = 'lost'
  for (let time = 0; time < 12; time++) {
    const agent = made.agent()
    if (isFound(made, agent)) return 'found'
    const matched = made.expressions.every((any) => any.some((number) => matches(number, agent)))
    if (!matched) continue
    if (fate !== 'taken' && isTaken(made, agent)) fate = 'taken'
  }
  return fate
}

/** By its brand, by all of its model, and by its kind where the rule tells one. */
function isFound({ brand, model, type }: MadeDevice, agent: string): boolean {
  const { device } = recogniser.recognise(agent, {})
  const text = model
    .replaceAll('_', ' ')
    .replace(/ TD$/i, '')
    .replace(/[.*+?^()|[\]\\{}]/g, '\\$&')
    .replace(/\$\d/g, '.*')
  return (
    device.brand === (brand === 'Unknown' ? '' : brand) &&
    new RegExp(`^${text.trim()}$`).test(device.model) &&
    (type === '' || device.type === kindOf(type, agent))
  )
}

/** Matomo: a feature phone with Android is a smartphone. */
function kindOf(type: string, agent: string): string {
  if (type === 'feature phone' && agent.includes('Android')) return 'smartphone'
  return type === 'car browser' ? 'car' : type.replaceAll(' ', '_')
}

/** Looks through the rules before it in their order, without the index. */
function isTaken({ group, expressions }: MadeDevice, agent: string): boolean {
  const [own = [], model = []] = expressions
  for (const rules of data.devices) {
    const gated = rules.group === 'hbbtv' || rules.group === 'shell tv' || rules.group === 'notebook'
    if (gated && rules.group !== group) continue
    const isOwn = rules.group === group
    const last = isOwn ? Math.min(...own) : rules.first + (rules.owners ?? rules.rules).length
    for (let number = rules.first; number < last; number++) if (matches(number, agent)) return true
    if (!isOwn) continue
    const index = rules.owners?.[last - rules.first] ?? last - rules.first
    const [modelsOwn = 0] = model
    for (let earlier = rules.rules[index]?.models?.first ?? 0; earlier < modelsOwn; earlier++)
      if (matches(earlier, agent)) return true
  }
  return false
}

test('an agent that is made to take long takes no longer than a moment', () => {
  const real = knownAgents.flatMap(([, agents]) => agents.map(({ agent }) => agent))
  // Ordinary ones take a tenth of a millisecond; a catastrophe takes seconds. `npm run bench -- devices` measures.
  const moment = 100
  for (const agent of hostileAgents(data, real, 2000)) {
    // What else the process does meanwhile is not its doing each time.
    let shortest = Number.POSITIVE_INFINITY
    for (let run = 0; run < 5 && shortest > moment; run++) {
      const begin = process.cpuUsage()
      recogniser.recognise(agent.slice(0, 500), {})
      const { user, system } = process.cpuUsage(begin)
      shortest = Math.min(shortest, (user + system) / 1000)
    }
    if (shortest > moment) expect.fail(`${shortest} ms: ${agent.slice(0, 500)}`)
  }
})
