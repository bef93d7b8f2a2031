// What Matomo's log importer (import_logs.py) sends, as far as a server can tell: its questions before, then the lines.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { firefox, startFootfall, type World } from '../../world/footfall.ts'

let world: World
beforeAll(async () => {
  world = await startFootfall({ siteUrl: 'https://www.shop.example/', timezone: 'UTC' })
})
afterAll(() => world.close())

async function ask(method: string, further: Record<string, string>, path = '/'): Promise<unknown> {
  const answer = await fetch(`${world.url}${path}`, {
    method: 'POST',
    headers: { 'user-agent': 'Matomo/LogImport' },
    body: new URLSearchParams({
      module: 'API',
      format: 'json2',
      method,
      filter_limit: '-1',
      token_auth: world.token,
      ...further,
    }),
  })
  expect(answer.status).toBe(200)
  return answer.json()
}

test('the log importer learns the address of its site, and which site has the host of a line', async () => {
  const site = {
    idsite: '1',
    name: 'Example',
    main_url: 'https://www.shop.example',
    timezone: 'UTC',
    currency: 'EUR',
  }
  expect(await ask('SitesManager.getSiteFromId', { idSite: '1' })).toEqual(site)
  expect(await ask('SitesManager.getSiteFromId', { idSite: '1' }, '/index.php')).toEqual(site)
  expect(await ask('SitesManager.getSitesIdFromSiteUrl', { url: 'shop.example' })).toEqual([{ idsite: '1' }])
  expect(await ask('SitesManager.getSitesIdFromSiteUrl', { url: 'other.example' })).toEqual([])
})

test('the log importer is told what is wrong: no token, no such site, another method', async () => {
  const failure = (message: string) => ({ result: 'error', message })
  expect(await ask('SitesManager.getSiteFromId', { idSite: '1', token_auth: 'wrong' })).toEqual(
    failure('This needs a valid token_auth.'),
  )
  expect(await ask('SitesManager.getSiteFromId', { idSite: '7' })).toEqual(failure('There is no site 7.'))
  expect(await ask('constructor', {})).toEqual(
    failure('Of Matomo’s API only what its log importer asks is here.'),
  )
})

test('lines of a log become visits of their day', async () => {
  const line = (path: string, time: string) => ({
    rec: '1',
    apiv: '1',
    url: `https://www.shop.example${path}`,
    urlref: '',
    cip: '203.0.113.7',
    cdt: `2026-11-20 ${time}`,
    idsite: '1',
    dp: '1',
    ua: firefox,
    cvar: '{"1": ["HTTP-code", "200"]}',
    bw_bytes: 1234,
  })
  const answer = await fetch(`${world.url}/piwik.php`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'Matomo/LogImport' },
    body: JSON.stringify({
      token_auth: world.token,
      requests: [line('/b', '10:05:00'), line('/a', '10:00:00'), line('/c', '12:00:00')],
    }),
  })
  expect(await answer.json()).toEqual({ status: 'success', tracked: 3, invalid: 0 })
  const { rows } = await world.report('overview', { date: '2026-11-20' })
  expect(rows).toMatchObject([{ visits: 2, page_views: 3 }])
})
