// Which visit a hit belongs to, by hits that come one after the other: what is compared are the rows that are kept.

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type CollectorAlone, collectorAlone, sites } from '../../fuzz/collector.ts'

// 09:00 in Berlin, where site 1 is at home.
const morning = Date.parse('2026-11-20T08:00:00Z')
const minute = 60_000
const site = 1

let clock = morning
let alone: CollectorAlone
let visitor = 0
let id = ''
beforeAll(async () => {
  alone = await collectorAlone(
    (number) => sites.find((known) => known.id === number),
    () => clock,
  )
})
afterAll(() => alone.app.close())
beforeEach(() => {
  id = (++visitor).toString(16).padStart(16, '0')
  alone.lines.length = 0
})

type Parameters = Record<string, string | number>

async function at(minutes: number, parameters: Parameters = {}): Promise<void> {
  clock = morning + minutes * minute
  const query = new URLSearchParams({ idsite: String(site), rec: '1', _id: id, url: 'https://example.org/' })
  for (const [name, value] of Object.entries(parameters)) query.set(name, String(value))
  const answer = await alone.app.inject({
    url: `/matomo.php?${query}`,
    headers: { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' },
  })
  expect(answer.statusCode).toBe(200)
}

/** It happened so many minutes after the morning, whenever it comes. */
const happened = (minutes: number) => ({ cdt: (morning + minutes * minute) / 1000 })

/** Of the kept rows; what a row leaves out is undefined. */
function column(name: string): unknown[] {
  return alone.lines.map((line) => JSON.parse(line)[name])
}

/** Which visit each row is of, numbered in the order of their first rows. */
function visits(): number[] {
  const ids = alone.lines.map((line) => /"visit_id":"(\d+)"/.exec(line)?.[1])
  return ids.map((visit) => [...new Set(ids)].indexOf(visit) + 1)
}

const campaign = (query: string) => ({ url: `https://example.org/?${query}` })
const google = { urlref: 'https://www.google.com/' }

test.each<[string, Parameters, Parameters, number[]]>([
  ['another type', google, campaign('utm_campaign=spring'), [1, 2]],
  ['another name', campaign('utm_campaign=spring'), campaign('utm_campaign=summer'), [1, 2]],
  [
    'another keyword',
    campaign('utm_campaign=spring&utm_term=hats'),
    campaign('utm_campaign=spring&utm_term=shoes'),
    [1, 2],
  ],
  [
    'the same in other letters',
    campaign('utm_campaign=spring&utm_term=hats'),
    campaign('utm_campaign=Spring&utm_term=HATS'),
    [1, 1],
  ],
  [
    'no keyword any more',
    campaign('utm_campaign=spring&utm_term=hats'),
    campaign('utm_campaign=spring'),
    [1, 1],
  ],
  ['no campaign', campaign('utm_campaign=spring'), google, [1, 1]],
  ['the first one', {}, campaign('utm_campaign=spring'), [1, 1]],
])('A campaign begins a visit where it is another one: %s', async (_what, one, other, expected) => {
  await at(0, one)
  await at(1, other)
  expect(visits()).toEqual(expected)
})

test('A hit joins the visit that began up to 30 minutes after it; an earlier one has a visit of its own', async () => {
  await at(60)
  await at(61, happened(30))
  await at(62, happened(29))
  expect(visits()).toEqual([1, 1, 2])
})

test('A late hit does not make the visit end sooner, and no time passed before it', async () => {
  await at(0)
  await at(20)
  await at(21, happened(5))
  await at(49)
  expect(visits()).toEqual([1, 1, 1, 1])
  expect(column('time_spent')).toEqual([undefined, 1200, undefined, 1740])
})

test('Less than 30 minutes are one visit, and at most 1,800 seconds on a page', async () => {
  await at(0)
  await at(29 + 59.9 / 60)
  await at(59 + 59.9 / 60)
  expect(visits()).toEqual([1, 1, 2])
  expect(column('time_spent')).toEqual([undefined, 1800, undefined])
})

test.each([
  ['10,000 actions', { actions: 9999 }],
  ['65,535 hits', { position: 65_534 }],
])('A visit has at most %s', async (_what, almost) => {
  await at(0)
  const visit = alone.visits.newest(site, id)
  if (!visit) throw new Error('There is no visit.')
  Object.assign(visit, almost)
  await at(1)
  await at(2)
  expect(visits()).toEqual([1, 1, 2])
})

test('Who has no id is somebody else after midnight where the site is at home', async () => {
  const midnight = 15 * 60
  await at(midnight - 2, { _id: '' })
  await at(midnight - 1, { _id: '' })
  await at(midnight + 1, { _id: '' })
  const [one, two, three] = alone.lines.map((line) => /"visitor_id":"(\d+)"/.exec(line)?.[1])
  expect(one).toBe(two)
  expect(three).not.toBe(one)
  expect([visits(), column('visit_number')]).toEqual([
    [1, 1, 2],
    [1, 1, 1],
  ])
})

test('So is who comes under the key that was made when the one of the day was destroyed', async () => {
  const day = 24 * 60
  await at(4 * day, { _id: '' })
  await at(5 * day, { _id: '', ...happened(4 * day + 1) })
  await at(5 * day + 120, { _id: '', ...happened(4 * day + 121) })
  const visitors = alone.lines.map((line) => /"visitor_id":"(\d+)"/.exec(line)?.[1])
  expect([visitors[0] === visitors[1], visitors[0] === visitors[2]]).toEqual([true, false])
  expect(column('day')).toEqual(['2026-11-24', '2026-11-24', '2026-11-24'])
})
