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

test('every device of the data is found again by an agent made from it, or an earlier rule takes the agent', () => {
  const counts = { found: 0, taken: 0 }
  const lost: string[] = []
  for (const made of devicesOf(data)) {
    const fate = fateOf(made)
    if (fate === 'lost') lost.push(`${made.group}: ${made.brand} ${made.model}`)
    else counts[fate]++
  }
  expect({ ...counts, lost }).toEqual({ found: 16_245, taken: 58, lost: [] })
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

function isFound({ brand, model }: MadeDevice, agent: string): boolean {
  const { device } = recogniser.recognise(agent, {})
  const text = model
    .replaceAll('_', ' ')
    .replace(/[.*+?^()|[\]\\{}]/g, '\\$&')
    .replace(/\$\d/g, '.*')
  return (
    device.brand === (brand === 'Unknown' ? '' : brand) && new RegExp(`^${text.trim()}`).test(device.model)
  )
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
  let longest = 0
  for (const agent of hostileAgents(data, real, 2000)) {
    const begin = process.cpuUsage()
    recogniser.recognise(agent.slice(0, 500), {})
    const { user, system } = process.cpuUsage(begin)
    longest = Math.max(longest, (user + system) / 1000)
  }
  // Ordinary ones take a tenth of a millisecond; a catastrophe takes seconds. `npm run bench -- devices` measures.
  expect(longest).toBeLessThan(100)
})
