// A site that keeps hits for 31 days, in a whole service with a set clock: the setting, the hourly job, the command, and
// what a client is told whose hits come too late.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { finalizeDue } from '../../../server/archive/finalize.ts'
import { runIn } from '../../../server/commands.ts'
import { firefox, startFootfall, type World } from '../../world/footfall.ts'

const hour = 3600 * 1000

let world: World
beforeAll(async () => {
  world = await startFootfall({ clock: Date.parse('2026-06-10T10:00:00Z') })
  await world.track({ url: 'https://example.org/', _id: '5eed5eed5eed0001' })
  await world.service.settle()
})
afterAll(() => world.close())

async function api(method: 'GET' | 'PATCH', path: string, body?: object) {
  const answer = await fetch(`${world.url}/api${path}`, {
    method,
    headers: { authorization: `Bearer ${world.token}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  return { status: answer.status, body: await answer.json() }
}

async function finalize(...args: string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = []
  // Behind a refusal stands how the command is used.
  const output = { line: (line: string) => lines.push(line.split('\nUsage')[0] ?? ''), progress: () => {} }
  return { code: await runIn(world.service, 'finalize', args, output), lines }
}

async function importHit(cdt: string): Promise<unknown> {
  const hit = { idsite: '1', rec: '1', ua: firefox, cip: '91.12.34.56', url: 'https://example.org/', cdt }
  const answer = await fetch(`${world.url}/matomo.php`, {
    method: 'POST',
    body: JSON.stringify({ requests: [hit], token_auth: world.token }),
  })
  await world.service.settle()
  return await answer.json()
}

const rows = async () => {
  const [row] = await world.service.store.query(
    'SELECT (SELECT count() FROM hits) AS hits, (SELECT count() FROM visits) AS visits, (SELECT count() FROM visitors) AS visitors',
  )
  return row
}

/** Runs the hourly job at a time; returns the errors that it logged. */
async function runAt(time: number): Promise<object[]> {
  world.setClock(time)
  const errors: object[] = []
  const error = (facts: object) => errors.push(facts)
  await finalizeDue({ ...world.service, log: { info: () => {}, error } })
  return errors
}

test('A number of days that is too small or too great is refused, and says which are not', async () => {
  for (const rawDays of [30, 367]) {
    expect(await api('PATCH', '/sites/1', { settings: { rawDays } })).toEqual({
      status: 400,
      body: {
        error: {
          code: 'invalid_setting',
          message: `Raw data can be kept for 31 to 366 days, or until its year is final (rawDays: 0); ${rawDays} is neither.`,
        },
      },
    })
  }
  expect((await finalize('--month', '2026-06')).lines).toEqual([
    'Site 1 keeps raw data until its year is final; its setting rawDays says otherwise.',
  ])
  const { body } = await api('PATCH', '/sites/1', { settings: { rawDays: 31 } })
  expect(body).toMatchObject({ settings: { rawDays: 31 } })
})

test('A dry run tells what would go, and a month that is not due is left alone', async () => {
  const { code, lines } = await finalize('--month', '2026-06', '--dry-run')
  expect([code, lines.slice(0, 2)]).toEqual([
    0,
    [
      'Example (site 1), 2026-06: raw, due from 2026-08-01',
      'Keeps all that is rolled up of its days, weeks and of the month',
    ],
  ])
  expect(lines.find((line) => line.startsWith('  hits'))).toMatch(/^ {2}hits +1 {2}about 0\.\d MB$/)
  expect(await finalize('--month', '2026-06')).toEqual({
    code: 2,
    lines: ['The raw data of 2026-06 of site 1 may go on 2026-08-01; there it is 2026-06-10.'],
  })
  expect((await finalize('--month', '2026-13')).lines).toEqual(['--month must be a month like 2026-06.'])
})

test('The hourly job waits for an import, then lets the month go; reports say what they said', async () => {
  const august = Date.parse('2026-07-31T22:17:00Z')
  expect(await runAt(august - hour)).toEqual([])
  expect(await api('GET', '/sites/1/final-years')).toMatchObject({
    body: { goneUntil: null, nextMonth: { month: '2026-06', from: '2026-08-01', due: false } },
  })
  expect(await importHit('2026-06-11 10:00:00')).toMatchObject({ tracked: 1 })
  expect(await runAt(august)).toEqual([])
  expect(await rows()).toEqual({ hits: 2, visits: 2, visitors: 1 })
  const june = () => world.report('pages', { period: 'month', date: '2026-06-01' })
  const { rows: before, totals } = await june()
  expect(totals).toMatchObject({ visits: 2 })

  expect(await runAt(august + 24 * hour)).toEqual([])
  expect(await rows()).toEqual({ hits: 0, visits: 0, visitors: 0 })
  expect(await june()).toMatchObject({ rows: before, totals })
  expect(await api('GET', '/sites/1/final-years')).toMatchObject({
    body: { goneUntil: '2026-06-30', nextMonth: null },
  })
  const log = await api('GET', '/sites/1/visits')
  expect(log.body).toMatchObject({ visits: [], droppedUntil: '2026-06-30' })
}, 300_000)

test('A hit of these days is refused, also after a restart, and one of the next month is not', async () => {
  const refused = {
    tracked: 0,
    errors: [{ message: 'cdt: the day 2026-06-12 of this site is closed, nothing can be added to it.' }],
  }
  expect(await importHit('2026-06-12 10:00:00')).toMatchObject(refused)
  await world.restart()
  expect(await importHit('2026-06-12 10:00:00')).toMatchObject(refused)
  expect(await importHit('2026-07-01 10:00:00')).toMatchObject({ tracked: 1 })
})
