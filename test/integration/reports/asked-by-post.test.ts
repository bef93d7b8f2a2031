// Whatever reports are asked by the address can be asked by a body as well, which has room for the longest segment.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { startFootfall, type World } from '../../world/footfall.ts'
import { storeHits } from '../../world/store.ts'
import { page, visit } from '../../world/visits.ts'

let world: World
beforeAll(async () => {
  world = await startFootfall({ clock: Date.parse('2026-11-20T11:00:00Z') })
  await storeHits(
    world.service.store,
    [
      visit({ at: '2026-11-20T09:00:00+01:00', does: [page('example.org/', 'Home')] }),
      visit({ at: '2026-11-20T10:00:00+01:00', does: [page('example.org/größe', 'Size')] }),
    ].flat(),
  )
})
afterAll(() => world.close())

const today = { site: 1, period: 'day', date: '2026-11-20' }

async function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  const answer = await fetch(`${world.url}/api/reports/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.token}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> }
}

test('A segment that is too long for an address is answered', async () => {
  const conditions = Array.from({ length: 8 }, (_, index) => `pageUrl=@${'ö'.repeat(980)}${index}`)
  const segment = [...conditions, 'pageUrl=@/größe'].join(',')
  expect(segment.length).toBeLessThan(8000)
  const asked = new URLSearchParams({ ...today, site: '1', segment })
  const byAddress = await fetch(`${world.url}/api/reports/pages?${asked}`, {
    headers: { authorization: `Bearer ${world.token}` },
  })
  expect(byAddress.status).toBe(431)
  const { status, json } = await post('pages', { ...today, segment, compare: [`segment:${segment}`] })
  expect({ status, rows: json.rows }).toMatchObject({
    status: 200,
    rows: [{ label: 'example.org/größe', compared: [{ figures: { page_views: 1 } }] }],
  })
})

test('Questions of every kind are answered as by GET', async () => {
  expect((await post('overview', { ...today, by: 'day' })).json).toEqual(
    await world.report('overview', { ...today, by: 'day' }),
  )
  expect((await post('journeys', today)).json).toEqual(await world.report('journeys', today))
  expect((await post('pages/evolution', { ...today, row: ['example.org/'] })).json).toMatchObject({
    rows: [{ label: 'example.org/' }],
  })
})

test('What a body must not be, and who may ask, is the same', async () => {
  const refusal = async (...asked: Parameters<typeof post>) => {
    const { status, json } = await post(...asked)
    return [status, (json.error as { message: string }).message]
  }
  expect(await refusal('pages', { ...today, serach: 'x' })).toEqual([
    400,
    expect.stringContaining('The parameter "serach" is unknown'),
  ])
  expect(await refusal('pages', { ...today, limit: 10_001 })).toEqual([
    400,
    'The parameter "limit" must be <= 10000.',
  ])
  expect(await refusal('pages', [today])).toEqual([
    400,
    'The body must be a JSON object with the parameters.',
  ])
  expect(await refusal('pages', today, { authorization: '' })).toEqual([
    401,
    expect.stringContaining('Sign in'),
  ])
})
