// The same hits, once sent when they happened and once imported later in any order, on two sites alike.

import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addDimension, type Dimension, type DimensionDefinition } from '../../../server/admin/dimension.ts'
import { addGoal, type Goal, type GoalDefinition } from '../../../server/admin/goal.ts'
import { hitColumns } from '../../../server/collect/hit.ts'
import type { Pattern } from '../../../server/enrich/pattern.ts'
import { firefox, startFootfall, type World } from '../../world/footfall.ts'

const monday = Date.parse('2026-11-16T06:00:00Z')
const later = Date.parse('2026-11-22T12:00:00Z')

let world: World

beforeAll(async () => {
  world = await startFootfall({ clock: monday, env: { TRACKING_RATE_LIMIT: '0' } })
})
afterAll(() => world.close())

const contains = (text: string): Pattern => ({ how: 'contains', text, caseSensitive: false })
const aims: GoalDefinition[] = [
  { name: 'Reported', match: 'manual', multiple: true, revenue: 3 },
  { name: 'Page', match: 'url', pattern: contains('/b'), multiple: true },
  { name: 'Title', match: 'title', pattern: contains('a'), revenue: 2 },
  { name: 'Event', match: 'event_category', pattern: contains('video'), useEventValue: true },
  { name: 'Long', match: 'duration', minutes: 10 },
]
const scopes: DimensionDefinition[] = [
  { name: 'Plan', scope: 'visit' },
  { name: 'Author', scope: 'action' },
  { name: 'Colour', scope: 'visit', extractions: [{ from: 'urlparam', pattern: 'colour' }] },
  { name: 'Word', scope: 'action', extractions: [{ from: 'action_name', pattern: '^(\\w+) ' }] },
]

/** Two sites that are alike. */
async function newSites(): Promise<[live: number, imported: number]> {
  const { sites } = world.service
  world.setClock(monday - 3600_000)
  const numbers = []
  for (const name of ['Live', 'Imported']) {
    const site = await sites.create({ name, url: 'https://example.org', timezone: 'Europe/Berlin' })
    const goals = aims.reduce<Goal[]>((known, aim) => addGoal(known, aim, monday - 3600_000), [])
    const dimensions = scopes.reduce<Dimension[]>(addDimension, [])
    await sites.define(site, () => ({ goals, dimensions }))
    numbers.push(site.id)
  }
  return numbers as [number, number]
}

type Parameters = Record<string, string | number>
type Sent = { time: number; parameters: Parameters }

async function sendLive(hits: Sent[], idsite: number): Promise<void> {
  for (const { time, parameters } of [...hits].sort((a, b) => a.time - b.time)) {
    world.setClock(time)
    // Somewhere else is told by a token.
    const token: Parameters = parameters.country ? { token_auth: world.token } : {}
    const answer = await world.track(
      { ...parameters, ...token, idsite },
      { 'x-forwarded-for': '91.12.34.56' },
    )
    expect(answer.status).toBe(200)
  }
}

async function importHits(hits: Sent[], idsite: number): Promise<void> {
  world.setClock(later)
  const requests = hits.map(({ time, parameters: { _id, ...parameters } }) => ({
    lang: 'de-DE,de;q=0.9',
    ...parameters,
    // Lines of a log have none.
    ...(_id && { _id }),
    idsite,
    rec: 1,
    ua: firefox,
    cip: '91.12.34.56',
    cdt: Math.floor(time / 1000),
  }))
  const answer = await fetch(`${world.url}/matomo.php`, {
    method: 'POST',
    body: JSON.stringify({ requests, token_auth: world.token }),
  })
  expect(await answer.json()).toEqual({ status: 'success', tracked: hits.length, invalid: 0 })
}

type Row = Record<string, unknown>

/** The visits and hits of a site, without what tells the sites and ways apart; visitors by their order. */
async function kept(site: number): Promise<{ visits: Row[]; hits: Row[] }> {
  await world.service.settle()
  const { store } = world.service
  const columns = Object.keys(hitColumns).filter((name) => !['site_id', 'visit_id', 'method'].includes(name))
  const visits = await store.query<Row>(
    `SELECT * EXCEPT (site_id, visit_id) REPLACE (toString(visitor_id) AS visitor_id) FROM visit
     WHERE site_id = {site:UInt32} ORDER BY first_time`,
    { site },
  )
  const hits = await store.query<Row>(
    `SELECT * REPLACE (toString(visitor_id) AS visitor_id)
     FROM (SELECT ${columns.join(', ')} FROM hits WHERE site_id = {site:UInt32} ORDER BY visit_time, position)`,
    { site },
  )
  const visitors = [...new Set([...visits, ...hits].map(({ visitor_id }) => visitor_id))]
  const named = (row: Row) => ({ ...row, visitor_id: visitors.indexOf(row.visitor_id) })
  return { visits: visits.map(named), hits: hits.map(named) }
}

const pages = ['a', 'b', 'b?colour=red', 'c']
const oneAction: fc.Arbitrary<Parameters> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      action_name: fc.constantFrom('A', 'B', 'Thanks Ann'),
      pv_id: fc.constantFrom('aaaaaa', 'bbbbbb'),
    }),
  },
  fc.record({ search: fc.constantFrom('shoes', 'hats'), search_count: fc.nat(9) }),
  fc.record({ e_c: fc.constantFrom('Video', 'Form'), e_a: fc.constant('play'), e_v: fc.nat(9) }),
  fc.record({ link: fc.constant('https://other.example/x') }),
  fc.record({ download: fc.constant('https://example.org/file.pdf') }),
  fc.record({ ping: fc.constant(1) }),
  fc.record({ ca: fc.constant(1), ff_engaged: fc.nat(9999), pv_id: fc.constant('aaaaaa') }),
  fc.record({ new_visit: fc.constant(1) }),
  fc.record({ idgoal: fc.constant(0), revenue: fc.nat(99), ec_items: fc.constant('[["a","A","b",1,2]]') }),
  fc.record({ idgoal: fc.constant(0), revenue: fc.nat(99), ec_id: fc.constant('TIME') }),
  fc.record({ idgoal: fc.constant(1) }),
  fc.record({ c_n: fc.constant('Banner'), ca: fc.constant(1) }),
  fc.record({ c_n: fc.constant('Banner'), c_i: fc.constant('click') }),
  fc.record({
    c_n: fc.constant('Banner'),
    c_i: fc.constant('click'),
    link: fc.constant('https://other.example/'),
  }),
  fc.record({ action_name: fc.constant('Thanks'), cvar: fc.constant('{"1":["a","b"]}') }),
  fc.record({ action_name: fc.constant('Club'), _cvar: fc.constant('{"1":["a","TIME"]}') }),
  fc.record({ dimension1: fc.constantFrom('TIME', ''), dimension2: fc.constantFrom('Ann', '') }),
  fc.record({ country: fc.constant('fr') }),
)
const origin: fc.Arbitrary<Parameters> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({}) },
  fc.constant({ urlref: 'https://www.google.com/' }),
  fc.constant({ urlref: 'https://news.example.com/story' }),
  fc.constant({ campaign: 'utm_campaign=spring' }),
  fc.constant({ campaign: 'utm_campaign=summer&utm_term=hat' }),
)
/** With a cookie each, and without one: of these the first looks like all who have one. */
const people: Parameters[] = [
  { _id: 'aaaaaaaaaaaaaaaa' },
  { _id: 'bbbbbbbbbbbbbbbb' },
  { _id: '' },
  { _id: '', lang: 'fr' },
]
const oneHit = fc.record({
  who: fc.constantFrom(...people),
  uid: fc.constantFrom(...Array<undefined>(8).fill(undefined), 'anna', 'bert'),
  // Many within minutes of each other, some around midnight, some days later.
  at: fc.oneof(
    { weight: 3, arbitrary: fc.nat(60 * 60) },
    fc.integer({ min: 16.5 * 3600, max: 17.5 * 3600 }),
    fc.nat(4 * 24 * 3600),
  ),
  page: fc.constantFrom(...pages),
  action: oneAction,
  origin,
  res: fc.option(fc.constantFrom('1920x1080', '800x600'), { nil: undefined }),
})
const someHits = fc.uniqueArray(oneHit, { selector: ({ at }) => at, minLength: 1, maxLength: 25 })

function sentBy(hits: typeof someHits extends fc.Arbitrary<infer T> ? T : never): Sent[] {
  return hits.map(({ who, uid, at, page, action, origin, res }) => {
    const { campaign, ...referrer } = origin
    const url = `https://example.org/${page}${campaign ? `${page.includes('?') ? '&' : '?'}${campaign}` : ''}`
    // Each order has a number of its own, and what is told of a visit is something new each time.
    const done = JSON.parse(JSON.stringify(action).replace('TIME', String(at))) as Parameters
    const parameters = { url, ...who, ...done, ...referrer }
    return {
      time: monday + at * 1000,
      parameters: { ...parameters, ...(uid && { uid }), ...(res && { res }) },
    }
  })
}

test('Hits sent live, or imported later in any order, make the same visits', async () => {
  await fc.assert(
    fc.asyncProperty(someHits, fc.integer(), async (hits, seed) => {
      const [live, imported] = await newSites()
      const sent = sentBy(hits)
      await sendLive(sent, live)
      await importHits(shuffled(sent, seed), imported)
      expect(await kept(imported)).toEqual(await kept(live))
    }),
    { numRuns: 20 },
  )
}, 240_000)

// But for what a part cannot know: pings and measurements whose visit no part has brought so far are dropped; that a
// visit was told to begin, or what it knew already (a second campaign has it come again), is not kept with it; nor is by
// what name somebody was known before.
const needsOthers = ['ping', 'ff_engaged', 'new_visit', 'uid']
const needsNone = ({ parameters }: Sent) =>
  needsOthers.every((name) => !(name in parameters)) &&
  (parameters._id !== '' || parameters.lang === 'fr') &&
  parameters.dimension1 !== '' &&
  !String(parameters.url).includes('summer')

test('So do hits that are imported in several parts, one after the other', async () => {
  await fc.assert(
    fc.asyncProperty(someHits, fc.integer(), fc.integer({ min: 2, max: 3 }), async (hits, seed, parts) => {
      const [live, imported] = await newSites()
      const sent = sentBy(hits).filter(needsNone)
      await sendLive(sent, live)
      const all = shuffled(sent, seed)
      const size = Math.ceil(all.length / parts)
      for (let at = 0; at < all.length; at += size) {
        await importHits(all.slice(at, at + size), imported)
        await world.service.settle()
      }
      expect(comparable(await kept(imported))).toEqual(comparable(await kept(live)))
    }),
    { numRuns: 8 },
  )
}, 240_000)

test('Who signs in, or may be given a cookie, goes on with the visit that an earlier part has brought', async () => {
  const _id = 'aaaaaaaaaaaaaaaa'
  const hit = (minute: number, page: string, parameters: Parameters): Sent => ({
    time: monday + minute * 60_000,
    parameters: { url: `https://example.org/${page}`, ...parameters },
  })
  const anonymous = hit(0, 'a', { _id: '', pv_id: 'aaaaaa' })
  const accepted = hit(1, 'a', { _id, pv_id: 'aaaaaa', e_c: 'Consent', e_a: 'given' })
  const browsing = hit(2, 'b', { _id })
  const signedIn = hit(5, 'c', { _id, uid: 'anna' })
  const goesOn = hit(8, 'd', { _id, uid: 'anna' })
  const [live, imported] = await newSites()
  await sendLive([anonymous, accepted, browsing, signedIn, goesOn], live)
  for (const part of [[anonymous], [accepted], [browsing, goesOn], [signedIn]]) {
    await importHits(part, imported)
    await world.service.settle()
  }
  const { visits, hits } = comparable(await kept(imported))
  expect({ visits, hits }).toEqual(comparable(await kept(live)))
  expect(visits).toMatchObject([{ user_id: 'anna', entry_url: 'example.org/a', actions: 5, profilable: 1 }])
})

test('A browser that was here before takes over no visit of somebody who looks the same', async () => {
  const [live, imported] = await newSites()
  const sent = [-90, 0, 1].map((minute) => ({
    time: monday + (minute + 120) * 60_000,
    parameters: {
      url: 'https://example.org/a',
      pv_id: 'aaaaaa',
      _id: minute === 0 ? '' : 'aaaaaaaaaaaaaaaa',
    },
  }))
  await sendLive(sent, live)
  await importHits(sent, imported)
  const { visits } = await kept(imported)
  expect(visits).toEqual((await kept(live)).visits)
  expect(visits).toMatchObject([{ visit_number: 1 }, { visit_number: 1 }, { visit_number: 2 }])
})

/** Without positions: a visit that was told its number later has one more row. */
function comparable({ visits, hits }: { visits: Row[]; hits: Row[] }): { visits: Row[]; hits: Row[] } {
  return {
    visits: visits.map(({ hits: _, last_position, ...visit }) => visit),
    hits: hits
      .filter(({ kind }) => kind !== 'recognised')
      .map(({ visit_number, days_since_first, days_since_last, days_since_order, ...hit }) => hit),
  }
}

function shuffled<T>(list: T[], seed: number): T[] {
  return fc.sample(fc.shuffledSubarray(list, { minLength: list.length }), { seed, numRuns: 1 })[0] ?? []
}

test('An import tells that its days have changed, and no other', async () => {
  const changed = async () =>
    await world.service.store.query<{ day: string; at: string }>(
      'SELECT day, max(changed_at) AS at FROM days WHERE site_id = {site:UInt32} GROUP BY day ORDER BY day',
      { site: imported },
    )
  const [, imported] = await newSites()
  const hitAt = (time: string) => ({
    time: Date.parse(time),
    parameters: { url: 'https://example.org/a', _id: 'aaaaaaaaaaaaaaaa' },
  })
  await importHits([hitAt('2026-10-01T10:00:00Z'), hitAt('2026-10-03T10:00:00Z')], imported)
  await world.service.settle()
  const before = await changed()
  expect(before.slice(0, 2).map(({ day }) => day)).toEqual(['2026-10-01', '2026-10-03'])
  await importHits([hitAt('2026-10-03T12:00:00Z')], imported)
  await world.service.settle()
  const after = await changed()
  expect(after.filter(({ at }, index) => at !== before[index]?.at).map(({ day }) => day)).toEqual([
    '2026-10-03',
  ])
})
