// The same hits, once sent when they happened and once imported later in any order, on two sites alike.

import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hitColumns } from '../../../server/collect/hit.ts'
import { firefox, startFootfall, type World } from '../../world/footfall.ts'

const monday = Date.parse('2026-11-16T06:00:00Z')
const later = Date.parse('2026-11-22T12:00:00Z')

let world: World
let imported: number
let people = 0

beforeAll(async () => {
  world = await startFootfall({ clock: monday, env: { TRACKING_RATE_LIMIT: '0' } })
  const { id } = await world.service.sites.create({
    name: 'Imported',
    url: 'https://example.org',
    timezone: 'Europe/Berlin',
  })
  imported = id
})
afterAll(() => world.close())

type Sent = { time: number; parameters: Record<string, string | number> }

async function sendLive(hits: Sent[]): Promise<void> {
  for (const { time, parameters } of [...hits].sort((a, b) => a.time - b.time)) {
    world.setClock(time)
    const answer = await world.track(parameters, { 'x-forwarded-for': '91.12.34.56' })
    expect(answer.status).toBe(200)
  }
}

async function importHits(hits: Sent[], site = imported): Promise<void> {
  world.setClock(later)
  const requests = hits.map(({ time, parameters }) => ({
    ...parameters,
    idsite: site,
    rec: 1,
    ua: firefox,
    cip: '91.12.34.56',
    lang: 'de-DE,de;q=0.9',
    cdt: Math.floor(time / 1000),
  }))
  const answer = await fetch(`${world.url}/matomo.php`, {
    method: 'POST',
    body: JSON.stringify({ requests, token_auth: world.token }),
  })
  expect(await answer.json()).toEqual({ status: 'success', tracked: hits.length, invalid: 0 })
}

type Row = Record<string, unknown>

/** What a site has of these visitors: their visits, and their hits without what tells the sites and ways apart. */
async function kept(site: number, ids: string[]): Promise<{ visits: Row[]; hits: Row[] }> {
  await world.service.settle()
  const { store } = world.service
  const params = { site, ids }
  const visits = await store.query<Row>(
    `SELECT * EXCEPT (site_id, visit_id) FROM visit WHERE site_id = {site:UInt32} AND has({ids:Array(String)}, leftPad(lower(hex(visitor_id)), 16, '0'))
     ORDER BY visitor_id, first_time`,
    params,
  )
  const columns = Object.keys(hitColumns).filter((name) => !['site_id', 'visit_id', 'method'].includes(name))
  const hits = await store.query<Row>(
    `SELECT ${columns.join(', ')} FROM hits WHERE site_id = {site:UInt32} AND has({ids:Array(String)}, leftPad(lower(hex(visitor_id)), 16, '0'))
     ORDER BY visitor_id, visit_time, position`,
    params,
  )
  return { visits, hits }
}

const pages = ['a', 'b', 'c']
const oneAction = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      action_name: fc.constantFrom('A', 'B'),
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
  fc.record({ c_n: fc.constant('Banner'), ca: fc.constant(1) }),
  fc.record({ action_name: fc.constant('Thanks'), cvar: fc.constant('{"1":["a","b"]}') }),
  fc.record({
    action_name: fc.constant('Club'),
    _cvar: fc.constantFrom('{"1":["a","b"]}', '{"1":["a","c"]}'),
  }),
)
const origin = fc.oneof(
  { weight: 6, arbitrary: fc.constant({}) },
  fc.constant({ urlref: 'https://www.google.com/' }),
  fc.constant({ urlref: 'https://news.example.com/story' }),
  fc.constant({ campaign: 'utm_campaign=spring' }),
  fc.constant({ campaign: 'utm_campaign=summer&utm_term=hat' }),
)
const oneHit = fc.record({
  who: fc.nat(2),
  // Many within minutes of each other, some around midnight, some days later.
  at: fc.oneof(fc.nat(60 * 60), fc.integer({ min: 16.5 * 3600, max: 17.5 * 3600 }), fc.nat(4 * 24 * 3600)),
  page: fc.constantFrom(...pages),
  action: oneAction,
  origin,
  res: fc.option(fc.constantFrom('1920x1080', '800x600'), { nil: undefined }),
})
const someHits = fc.uniqueArray(oneHit, { selector: ({ at }) => at, minLength: 1, maxLength: 25 })

function sentBy(hits: typeof someHits extends fc.Arbitrary<infer T> ? T : never, ids: string[]): Sent[] {
  return hits.map(({ who, at, page, action, origin, res }) => {
    const { campaign, ...referrer } = { campaign: undefined, ...origin }
    const url = `https://example.org/${page}${campaign ? `?${campaign}` : ''}`
    return {
      time: monday + at * 1000,
      parameters: { url, _id: ids[who] ?? '', ...action, ...referrer, ...(res && { res }) },
    }
  })
}

function newPeople(): string[] {
  return [0, 1, 2].map(() => (0xabc000 + ++people).toString(16).padStart(16, '0'))
}

test('Hits sent live, or imported later in any order, make the same visits', async () => {
  await fc.assert(
    fc.asyncProperty(someHits, fc.integer(), async (hits, seed) => {
      const ids = newPeople()
      const sent = sentBy(hits, ids)
      await sendLive(sent)
      await importHits(shuffled(sent, seed))
      expect(await kept(imported, ids)).toEqual(await kept(world.siteId, ids))
    }),
    { numRuns: 20 },
  )
}, 240_000)

// But for what a part cannot know: pings and measurements whose visit no part has brought so far are dropped, and that
// a visit was told to begin is not kept with it.
const needsOthers = ['ping', 'ff_engaged', 'new_visit']

test('So do hits that are imported in several parts, one after the other', async () => {
  await fc.assert(
    fc.asyncProperty(someHits, fc.integer(), fc.integer({ min: 2, max: 3 }), async (hits, seed, parts) => {
      const ids = newPeople()
      const sent = sentBy(hits, ids).filter(({ parameters }) =>
        needsOthers.every((name) => !(name in parameters)),
      )
      await sendLive(sent)
      const all = shuffled(sent, seed)
      const size = Math.ceil(all.length / parts)
      for (let at = 0; at < all.length; at += size) {
        await importHits(all.slice(at, at + size))
        await world.service.settle()
      }
      const expected = await kept(world.siteId, ids)
      expect(comparable(await kept(imported, ids))).toEqual(comparable(expected))
    }),
    { numRuns: 8 },
  )
}, 240_000)

/** Without positions: a visit that was told its number later has one more row. */
function comparable({ visits, hits }: { visits: Row[]; hits: Row[] }): { visits: Row[]; hits: Row[] } {
  return {
    visits: visits.map(({ hits: _, last_position, ...visit }) => visit),
    hits: hits
      .filter(({ kind }) => kind !== 'recognised')
      .map(({ visit_number, days_since_first, days_since_last, ...hit }) => hit),
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
  const [_id = ''] = newPeople()
  const hitAt = (time: string) => ({
    time: Date.parse(time),
    parameters: { url: 'https://example.org/a', _id },
  })
  await importHits([hitAt('2026-10-01T10:00:00Z'), hitAt('2026-10-03T10:00:00Z')])
  await world.service.settle()
  const before = await changed()
  expect(before.slice(0, 2).map(({ day }) => day)).toEqual(['2026-10-01', '2026-10-03'])
  await importHits([hitAt('2026-10-03T12:00:00Z')])
  await world.service.settle()
  const after = await changed()
  expect(after.filter(({ at }, index) => at !== before[index]?.at).map(({ day }) => day)).toEqual([
    '2026-10-03',
  ])
})
