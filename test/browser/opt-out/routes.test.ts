import cookie from '@fastify/cookie'
import formbody from '@fastify/formbody'
import fastify, { type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { optOutRoutes } from '../../../server/privacy/opt-out.ts'

let app: FastifyInstance
beforeAll(async () => {
  app = fastify({ trustProxy: true })
  await app.register(cookie)
  await app.register(formbody)
  await app.register(optOutRoutes, { secure: false, honoursDoNotTrack: (site) => site !== 2 })
})
afterAll(() => app.close())

async function page(url: string, headers: Record<string, string> = {}): Promise<string> {
  return (await app.inject({ url, headers })).body
}

/** What the page shows: all that is not hidden, without markup. */
async function shown(url: string, headers: Record<string, string> = {}): Promise<string> {
  const body = (await page(url, headers)).split('<body>')[1] ?? ''
  return body
    .replace(/<(div|button|p)[^>]* hidden[^>]*>.*?<\/\1>/gs, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}

function choose(choice: string, headers: Record<string, string> = {}, fields = 'site=1&language=de') {
  return app.inject({
    method: 'POST',
    url: '/opt-out',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    payload: `${fields}&choice=${choice}`,
  })
}

const setCookies = (response: { headers: Record<string, unknown> }): string[] =>
  [response.headers['set-cookie'] ?? []].flat().map(String).sort()

test('the page speaks the language that it is asked for, else one that the browser prefers, else English', async () => {
  const german =
    'Ihre Besuche werden gezählt. Sie gehen in die Statistik dieser Website ein. Mich nicht zählen'
  const french =
    'Vos visites sont comptées. Elles entrent dans les statistiques de ce site. Ne pas me compter'
  const english = 'Your visits are counted. They are part of this website’s statistics. Do not count me'
  const accepts = (language: string) => ({ 'accept-language': language })
  expect(await shown('/opt-out?language=de')).toBe(german)
  expect(await shown('/opt-out?language=fr-CA', accepts('de'))).toBe(french)
  expect(await shown('/opt-out?language=auto', accepts('it, en;q=0.3, fr;q=0.8'))).toBe(french)
  expect(await shown('/opt-out?language=pt-br', accepts('de-AT,de;q=0.9'))).toBe(german)
  expect(await shown('/opt-out?language=en', accepts('de'))).toBe(english)
  expect(await shown('/opt-out', accepts('it, de;q=0'))).toBe(english)
  expect(await shown('/opt-out?language=den')).toBe(english)
  expect(await page('/opt-out?language=de')).toContain('<html lang="de">')
})

test('the address that Matomo has for it works, and no other one of Matomo’s', async () => {
  const address = '/index.php?module=CoreAdminHome&action=optOut&idsite=1&language=fr'
  expect(await shown(address)).toContain('Vos visites sont comptées.')
  const others = ['/index.php', '/index.php?module=API', '/index.php?module=CoreAdminHome&action=home']
  for (const url of others) expect((await app.inject({ url })).statusCode, url).toBe(404)
})

test('the page says whether this browser is counted: by cookie, Do Not Track and Global Privacy Control', async () => {
  expect(await shown('/opt-out?language=en', { cookie: 'pk_ignore=1' })).toMatch(
    /^Your visits are not counted.*Count me again$/,
  )
  const asks = /^Your visits are not counted\. Your browser asks.*You need not do anything else\.$/
  expect(await shown('/opt-out?language=en&site=1', { dnt: '1' })).toMatch(asks)
  expect(await shown('/opt-out?language=en&site=1', { 'sec-gpc': '1' })).toMatch(asks)
  expect(await shown('/opt-out?language=en&site=1', { dnt: '0' })).toMatch(/^Your visits are counted/)
  // Site 2 counts such browsers all the same.
  expect(await shown('/opt-out?language=en&site=2', { dnt: '1' })).toMatch(/^Your visits are counted/)
  const refused = await shown('/opt-out?language=en&site=2&asked=out')
  expect(refused).toMatch(/^Your visits are still counted.*Do not count me$/)
  expect(refused).not.toContain('Do Not Track')
  expect(await shown('/opt-out?language=en&asked=out', { cookie: 'pk_ignore=1' })).toMatch(
    /^Your visits are not/,
  )
})

test('opened by itself the page says how far the choice reaches', async () => {
  expect(
    await shown('/opt-out?language=en', { host: 'stats.example.org', 'sec-fetch-dest': 'document' }),
  ).toContain('all websites that stats.example.org counts visits for')
})

test('opting out sets pk_ignore for 400 days and erases our visitor cookies', async () => {
  const answer = await choose('out', { cookie: 'pk_id.1=a; pk_sess.1=b; other=c' })
  expect(answer.statusCode).toBe(303)
  expect(answer.headers.location).toBe('opt-out?site=1&language=de&asked=out')
  expect(setCookies(answer)).toEqual([
    'pk_id.1=; Max-Age=0; Path=/; SameSite=Lax',
    'pk_ignore=1; Max-Age=34560000; Path=/; SameSite=Lax',
    'pk_sess.1=; Max-Age=0; Path=/; SameSite=Lax',
  ])
})

test('on https the cookie is one for frames, partitioned and not', async () => {
  const answer = await choose('out', { 'x-forwarded-proto': 'https' })
  expect(setCookies(answer)).toEqual([
    'pk_ignore=1; Max-Age=34560000; Path=/; Secure; Partitioned; SameSite=None',
    'pk_ignore=1; Max-Age=34560000; Path=/; Secure; SameSite=None',
  ])
})

test('opting in again erases the cookie in the same way', async () => {
  const answer = await choose('in', { 'x-forwarded-proto': 'https', cookie: 'pk_ignore=1' })
  expect(answer.headers.location).toBe('opt-out?site=1&language=de')
  expect(setCookies(answer)).toEqual([
    'pk_ignore=; Max-Age=0; Path=/; Secure; Partitioned; SameSite=None',
    'pk_ignore=; Max-Age=0; Path=/; Secure; SameSite=None',
  ])
})

test('no other website can choose, and nothing but the two choices is one', async () => {
  for (const site of ['cross-site', 'same-site']) {
    const answer = await choose('in', { 'sec-fetch-site': site, cookie: 'pk_ignore=1' })
    expect([answer.statusCode, setCookies(answer)]).toEqual([303, []])
  }
  expect(setCookies(await choose('perhaps'))).toEqual([])
  expect(setCookies(await choose('out', { 'sec-fetch-site': 'same-origin' }))).toHaveLength(1)
  const empty = await app.inject({ method: 'POST', url: '/opt-out' })
  expect([empty.statusCode, empty.headers.location]).toEqual([303, 'opt-out?'])
})

test('the page may be framed anywhere, runs our script and its own style only, and is never stored', async () => {
  const { headers } = await app.inject({ url: '/opt-out' })
  expect(headers['content-security-policy']).toMatch(
    /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; script-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors \*; base-uri 'none'$/,
  )
  expect(headers['cache-control']).toBe('no-store')
  expect(headers).not.toHaveProperty('x-frame-options')
})

test('colours and fonts of Matomo’s address are taken, and nothing that could be more than that', async () => {
  const looks = 'fontColor=FFF&fontSize=14px&fontFamily=Arial,%20sans-serif'
  expect(await page(`/opt-out?backgroundColor=1e3a5f&${looks}`)).toContain(
    'background:#1e3a5f;color:#FFF;font:14px/1.5 Arial, sans-serif}',
  )
  expect(await page('/opt-out?backgroundColor=1e3a5f'), 'readable').toContain('background:#1e3a5f;color:#fff')
  expect(await page('/opt-out?backgroundColor=%23fc0'), 'readable').toContain('background:#fc0;color:#000')
  expect(await page('/opt-out?fontColor=333')).toContain('background:transparent;color:#333')

  const evil = encodeURIComponent('red}</style><script>alert(1)</script>')
  for (const name of [
    'backgroundColor',
    'fontColor',
    'fontSize',
    'fontFamily',
    'site',
    'language',
    'asked',
  ]) {
    const body = await page(`/opt-out?${name}=${evil}`)
    expect(body, name).not.toContain('red}')
    expect(body, name).not.toContain('alert')
  }
  const twice = await app.inject({ url: '/opt-out?language=de&language=fr&fontColor=333&fontColor=444' })
  expect(twice.statusCode).toBe(200)
})
