// Who came back after their first visit.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { startFootfall, type World } from '../../world/footfall.ts'
import { storeHits } from '../../world/store.ts'
import { page, visit } from '../../world/visits.ts'

let world: World

beforeAll(async () => {
  // In New York it is Sunday evening, in Berlin Monday morning.
  world = await startFootfall({ clock: Date.parse('2026-11-23T03:00:00Z'), timezone: 'America/New_York' })
  await world.service.sites.create({
    name: 'Berlin',
    url: 'https://berlin.example',
    timezone: 'Europe/Berlin',
  })
  const came = (visitor: string, day: string, first: string, visitNumber: number, further = {}) => {
    const days = (Date.parse(day.slice(0, 10)) - Date.parse(first.slice(0, 10))) / 86_400_000
    return visit({
      at: `${day}${day.length === 10 ? 'T10:00:00-05:00' : ''}`,
      visitor,
      visitNumber,
      days_since_first: days,
      profilable: 1,
      does: [page('example.org/', 'Home')],
      ...further,
    })
  }
  await storeHits(world.service.store, [
    // Monday 2 November: two visitors; one comes again in the same week and two weeks later, twice.
    ...came('1', '2026-11-02', '2026-11-02', 1),
    ...came('1', '2026-11-08', '2026-11-02', 2),
    ...came('1', '2026-11-16', '2026-11-02', 3),
    ...came('1', '2026-11-22', '2026-11-02', 4),
    ...came('2', '2026-11-04', '2026-11-04', 1),
    // Sunday to Monday: the next week, though on the next day. 23:30 to 00:30 is a difference of no whole day.
    ...came('3', '2026-11-08T23:30:00-05:00', '2026-11-08', 1),
    ...came('3', '2026-11-09T00:30:00-05:00', '2026-11-08', 2, { days_since_first: 0 }),
    ...came('4', '2026-11-10', '2026-11-10', 1),
    ...came('4', '2026-11-17', '2026-11-10', 2),
    // Was here in October: in no cohort of November.
    ...came('5', '2026-10-20', '2026-10-20', 1),
    ...came('5', '2026-11-03', '2026-10-20', 2),
    // Not known in time, so counted as new once more; a later visit tells better.
    ...came('6', '2026-10-21', '2026-10-21', 1),
    ...came('6', '2026-11-03', '2026-11-03', 1),
    ...came('6', '2026-11-04', '2026-10-21', 3),
    // Ids that are good for a day.
    ...came('7', '2026-11-03', '2026-11-03', 1, { profilable: 0 }),
    ...came('8', '2026-11-03', '2026-11-03', 1, { profilable: 0 }),
    ...came('8', '2026-11-04', '2026-11-04', 1, { profilable: 0 }),
    ...came('1', '2026-11-02T10:00:00+01:00', '2026-11-02', 1, { site: 2 }),
  ])
})
afterAll(() => world.close())

/** `2/3` of a cohort; `~` while it is running, `-` where it has not begun. */
function short(cell: { visitors: number; of?: number; running?: boolean } | null): string {
  if (cell === null) return '-'
  return `${cell.visitors}${cell.of === undefined ? '' : `/${cell.of}`}${cell.running ? '~' : ''}`
}

type Cohort = {
  label: string
  from: string
  to: string
  visitors: number
  returned: Parameters<typeof short>[0][]
}

async function ask(query: Record<string, string | number>) {
  const answer = await world.report('retention', query)
  return {
    cohorts: (answer.cohorts as Cohort[]).map(
      ({ label, to, visitors, returned }) => `${label} ${to} ${visitors}: ${returned.map(short).join(' ')}`,
    ),
    average: (answer.average as Parameters<typeof short>[0][]).map(short).join(' '),
    visitors: answer.visitors,
    leftOut: answer.leftOut,
  }
}

test('Visitors are told by the week of their first visit, and in which weeks they were here again', async () => {
  expect(await ask({ period: 'range', date: '2026-11-02,2026-11-22', periods: 3 })).toEqual({
    cohorts: [
      '2026-11-02 2026-11-08 3: 3 1 1~ -',
      '2026-11-09 2026-11-15 1: 1 1~ - -',
      '2026-11-16 2026-11-22 0: 0~ - - -',
    ],
    average: '4/4 1/3 - -',
    visitors: 4,
    leftOut: 3,
  })
})

test('The answer says what it is about, with shares', async () => {
  const question = { period: 'week', date: '2026-11-02', periods: 1 }
  expect(await world.report('retention', question)).toEqual({
    site: 1,
    period: 'week',
    date: '2026-11-02',
    from: '2026-11-02',
    to: '2026-11-08',
    timezone: 'America/New_York',
    running: false,
    by: 'week',
    periods: 1,
    cohorts: [
      {
        label: '2026-11-02',
        from: '2026-11-02',
        to: '2026-11-08',
        visitors: 3,
        returned: [
          { visitors: 3, share: 1, running: false },
          { visitors: 1, share: 0.3333, running: false },
        ],
      },
    ],
    average: [
      { visitors: 3, of: 3, share: 1 },
      { visitors: 1, of: 3, share: 0.3333 },
    ],
    visitors: 3,
    leftOut: 3,
  })
})

test('By days and by months', async () => {
  expect(await ask({ period: 'range', date: '2026-11-08,2026-11-10', by: 'day', periods: 7 })).toEqual({
    cohorts: [
      '2026-11-08 2026-11-08 1: 1 1 0 0 0 0 0 0',
      '2026-11-09 2026-11-09 0: 0 0 0 0 0 0 0 0',
      '2026-11-10 2026-11-10 1: 1 0 0 0 0 0 0 1',
    ],
    average: '2/2 1/2 0/2 0/2 0/2 0/2 0/2 1/2',
    visitors: 2,
    leftOut: 0,
  })
  expect(await ask({ period: 'range', date: '2026-10-01,2026-11-30', by: 'month', periods: 1 })).toEqual({
    cohorts: ['2026-10-01 2026-10-31 2: 2 2~', '2026-11-01 2026-11-30 4: 4~ -'],
    average: '2/2 -',
    visitors: 6,
    leftOut: 3,
  })
})

test('A week that the period cuts is a cohort of the days that are left; its weeks are those of the calendar', async () => {
  const { cohorts } = await ask({ period: 'range', date: '2026-11-04,2026-11-12', periods: 1 })
  expect(cohorts).toEqual(['2026-11-04 2026-11-08 2: 2 1', '2026-11-09 2026-11-12 1: 1 1~'])
})

test('What has begun depends on where the site is at home', async () => {
  const period = { period: 'range', date: '2026-11-02,2026-11-08', periods: 3 }
  expect((await ask({ ...period, site: 1 })).cohorts).toEqual(['2026-11-02 2026-11-08 3: 3 1 1~ -'])
  expect((await ask({ ...period, site: 2 })).cohorts).toEqual(['2026-11-02 2026-11-08 1: 1 0 0 0~'])
})

test.each([
  ['by=year', 'by'],
  ['periods=0', 'periods'],
  ['periods=61', 'periods'],
  ['offset=1', 'offset'],
  ['by=day&period=range&date=2025-10-18,2026-11-22', '400 can be told'],
])('%s is refused, and the error says why', async (query, word) => {
  const answer = await fetch(`${world.url}/api/reports/retention?site=1&${query}`, {
    headers: { authorization: `Bearer ${world.token}` },
  })
  expect(answer.status).toBe(400)
  expect(JSON.stringify(await answer.json())).toContain(word)
})
