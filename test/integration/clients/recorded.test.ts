// What clients of Matomo put on the wire, request by request as they write it, and what the visits log makes of it.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { firefox, startFootfall, type World } from '../../world/footfall.ts'

const ten = Date.parse('2026-11-20T10:00:00Z')
const id = '0123456789abcdef'
const form = 'application/x-www-form-urlencoded; charset=UTF-8'

let world: World
/** Each test has a site of its own. */
let site: number
beforeAll(async () => {
  world = await startFootfall({ timezone: 'UTC', clock: ten })
})
afterAll(() => world.close())
beforeEach(async () => {
  world.setClock(ten)
  const { sites } = world.service
  site = (await sites.create({ name: 'Example', url: 'https://example.org', timezone: 'UTC' })).id
})

/** In a request, SITE stands for the number of the site. */
async function send(
  method: 'GET' | 'POST',
  query: string,
  body = '',
  headers: Record<string, string> = {},
): Promise<Response> {
  const answer = await fetch(`${world.url}/matomo.php${query.replaceAll('SITE', String(site))}`, {
    method,
    headers: { 'user-agent': firefox, ...headers },
    ...(method === 'POST' && { body: body.replaceAll('SITE', String(site)) }),
  })
  expect([200, 204]).toContain(answer.status)
  return answer
}

async function define(what: 'goals' | 'dimensions', body: object): Promise<void> {
  const answer = await fetch(`${world.url}/api/sites/${site}/${what}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(answer.status).toBe(201)
}

const after = (seconds: number) => world.setClock(ten + seconds * 1000)

describe('matomo.js', () => {
  const browser = 'pdf=1&qt=0&realp=0&wma=0&fla=0&java=0&ag=0&cookie=1&res=1920x1080'
  const visitor = `_id=${id}&_idn=0&send_image=0&_refts=0`
  const request = 'idsite=SITE&rec=1&r=482913&h=11&m=0&s=7&url=https%3A%2F%2Fexample.org%2Fhats'
  const rest = `${visitor}&pv_id=Qz3xAb&${browser}`
  /** navigator.sendBeacon with an empty body. */
  const beacon = (query: string) =>
    send('POST', `?${query}`, '', { 'content-type': form, origin: 'https://example.org' })

  test('a page view by sendBeacon, with loading times, has all in the query', async () => {
    const hints = encodeURIComponent(
      '{"fullVersionList":[{"brand":"Chromium","version":"141.0.7390.54"},{"brand":"Google Chrome","version":"141.0.7390.54"}],"mobile":false,"model":"","platform":"Windows","platformVersion":"15.0.0"}',
    )
    const times = 'pf_net=12&pf_srv=80&pf_tfr=3&pf_dm1=140'
    const referrer = 'urlref=https%3A%2F%2Fblog.example%2Fpost'
    const answer = await beacon(
      `action_name=Hats&${request}&${referrer}&${visitor}&${times}&pv_id=Qz3xAb&uadata=${hints}&${browser}`,
    )
    expect(answer.status).toBe(204)
    expect(await world.visits(site)).toMatchObject([
      {
        visitorId: id,
        localTime: '11:00',
        referrer: { type: 'website', name: 'blog.example' },
        os: { name: 'Windows', version: '11' },
        browser: { name: 'Chrome', version: '141', techniques: ['cookies', 'pdf'] },
        resolution: '1920x1080',
        actions: [
          {
            kind: 'pageview',
            url: 'https://example.org/hats',
            title: 'Hats',
            pageViewId: 'Qz3xAb',
            timings: { network: 12, server: 80, transfer: 3, dom_processing: 140 },
          },
        ],
      },
    ])
  })

  test('a request of more than 2000 characters is a form', async () => {
    await send('POST', '', `action_name=${'h'.repeat(1000)}&${request}&data=${'x'.repeat(2000)}&${rest}`, {
      'content-type': form,
    })
    expect(await world.visits(site)).toMatchObject([
      { visitorId: id, actions: [{ title: 'h'.repeat(1000) }] },
    ])
  })

  test('without sendBeacon and XMLHttpRequest it is an image', async () => {
    const image = rest.replace('send_image=0', 'send_image=1')
    const answer = await send('GET', `?action_name=Hats&${request}&${image}`)
    expect(answer.headers.get('content-type')).toBe('image/gif')
    expect(await world.visits(site)).toHaveLength(1)
  })

  test('loading times that come late belong to their page view, and a heartbeat to its visit', async () => {
    await beacon(`action_name=Hats&${request}&${rest}`)
    after(20)
    await beacon(`ping=1&${request}&${visitor}&pf_dm2=60&pf_onl=5&pv_id=Qz3xAb&${browser}`)
    expect(await world.visits(site)).toMatchObject([
      {
        duration: 21,
        actionCount: 1,
        actions: [{ kind: 'pageview', timings: { dom_completion: 60, load: 5 } }],
      },
    ])
  })

  test('content impressions come as a list with the type of a form, and the click on one with its link', async () => {
    await beacon(`action_name=Hats&${request}&${rest}`)
    const shown = (piece: string) =>
      `?c_n=Banner&c_p=${piece}&c_t=https%3A%2F%2Fother.example%2F&ca=1&${request}&${rest}`
    const body = JSON.stringify({ requests: [shown('a.png'), shown('b.png')], send_image: 0 })
    expect((await send('POST', '', body, { 'content-type': form })).status).toBe(204)
    const clicked = 'c_i=click&c_n=Banner&c_p=a.png&c_t=https%3A%2F%2Fother.example%2F'
    await beacon(`link=https%3A%2F%2Fother.example%2F&${clicked}&${request}&${rest}`)
    expect(await world.visits(site)).toMatchObject([
      {
        actionCount: 2,
        actions: [
          { kind: 'pageview' },
          { kind: 'impression', content: { name: 'Banner', piece: 'a.png', interaction: '' } },
          { kind: 'impression', content: { name: 'Banner', piece: 'b.png', interaction: '' } },
          {
            kind: 'outlink',
            target: 'https://other.example/',
            content: { name: 'Banner', piece: 'a.png', interaction: 'click' },
          },
        ],
      },
    ])
    const { rows } = await world.report('content-pieces', { site })
    expect(rows).toMatchObject([
      { label: 'a.png', impressions: 1, interactions: 1, interaction_rate: 1, visits: 1 },
      { label: 'b.png', impressions: 1, interactions: 0, interaction_rate: 0, visits: 1 },
    ])
    const segment = 'contentPiece==a.png;contentInteraction==click'
    expect((await world.report('overview', { site, segment })).totals).toMatchObject({ visits: 1 })
  })

  test('a shop reports its product, the cart and the order', async () => {
    const items = '%5B%5B%22H1%22%2C%22Hat%22%2C%5B%22Hats%22%5D%2C12.5%2C2%5D%5D'
    await beacon(`action_name=Hat&${request}&_pks=H1&_pkn=Hat&_pkc=%5B%22Hats%22%5D&_pkp=12.5&${rest}`)
    await beacon(`idgoal=0&revenue=25&ec_items=${items}&${request}&${rest}`)
    await beacon(
      `idgoal=0&ec_id=A-17&revenue=29.9&ec_st=25&ec_tx=4.77&ec_sh=4.9&ec_dt=0&ec_items=${items}&${request}&${rest}`,
    )
    const hat = { sku: 'H1', name: 'Hat', categories: ['Hats'], price: 12.5 }
    expect(await world.visits(site)).toMatchObject([
      {
        buyer: 'ordered',
        revenue: 29.9,
        actionCount: 1,
        actions: [
          { kind: 'pageview', items: [{ ...hat, quantity: 1 }] },
          { kind: 'cart', amounts: { revenue: 25 }, items: [{ ...hat, quantity: 2 }] },
          {
            kind: 'order',
            orderId: 'A-17',
            amounts: { revenue: 29.9, subtotal: 25, tax: 4.77, shipping: 4.9, discount: 0 },
            items: [{ ...hat, quantity: 2 }],
          },
        ],
      },
    ])
  })

  test('an order is credited to what the cookie of the page remembers', async () => {
    const cookie = '_rcn=Spring&_rck=Hats&_refts=1795161600&_ref=https%3A%2F%2Fwww.google.com%2F'
    await beacon(`idgoal=0&ec_id=A-1&revenue=5&ec_items=%5B%5D&${request}&${cookie}&${rest}`)
    const credited = { type: 'campaign', name: 'spring', keyword: 'hats' }
    expect(await world.visits(site)).toMatchObject([
      { referrer: { type: 'direct' }, actions: [{ conversions: [{ goal: 0, revenue: 5, credited }] }] },
    ])
  })

  test('the mark of a link between two domains is no part of the address', async () => {
    const mark = encodeURIComponent(`https://example.org/hats?size=5&pk_vid=${id}1795168800a1b2c3`)
    await beacon(`action_name=Hats&idsite=SITE&rec=1&url=${mark}&${rest}`)
    expect(await world.visits(site)).toMatchObject([
      { actions: [{ url: 'https://example.org/hats?size=5' }] },
    ])
  })

  test('with cookies off the id is empty, and the visit is one all the same', async () => {
    await beacon(`action_name=Hats&${request}&_id=&send_image=0&pv_id=Qz3xAb&${browser}`)
    await beacon(`e_c=Cart&e_a=open&ca=1&${request}&_id=&send_image=0&pv_id=Qz3xAb&${browser}`)
    expect(await world.visits(site)).toMatchObject([{ actions: [{ kind: 'pageview' }, { kind: 'event' }] }])
  })

  test('a search, a goal, a mistake in a script, custom dimensions and variables', async () => {
    await define('goals', { name: 'Newsletter', match: 'manual' })
    await define('dimensions', { name: 'Plan', scope: 'visit' })
    const variables = '_cvar=%7B%221%22%3A%5B%22Type%22%2C%22Customer%22%5D%7D'
    await beacon(`search=hats&search_cat=shop&search_count=3&${request}&dimension1=gold&${variables}&${rest}`)
    await beacon(`idgoal=1&revenue=7.5&${request}&dimension1=gold&${variables}&${rest}`)
    const place = 'https%3A%2F%2Fexample.org%2Fapp.js%3A12%3A5'
    await beacon(`e_c=JavaScript%20Errors&e_a=${place}&e_n=x%20is%20undefined&ca=1&${request}&${rest}`)
    expect(await world.visits(site)).toMatchObject([
      {
        dimensions: { 1: 'gold' },
        variables: { Type: 'Customer' },
        goals: [1],
        actions: [
          { kind: 'search', search: { keyword: 'hats', category: 'shop', count: 3 } },
          { kind: 'goal', conversions: [{ goal: 1, revenue: 7.5 }] },
          {
            kind: 'event',
            event: { category: 'JavaScript Errors', action: 'https://example.org/app.js:12:5' },
          },
        ],
      },
    ])
  })
})

describe('Apps', () => {
  const android = 'Dalvik/2.1.0 (Linux; U; Android 15; Pixel 9 Build/AP4A.250105.002)'

  test('Android: screens, an event, a download and an outlink in a list that waited for the network', async () => {
    const common =
      '&idsite=SITE&rec=1&apiv=1&send_image=0&_id=0123456789abcdef&uid=anna&res=1080x2424&lang=de&ua=' +
      encodeURIComponent(android)
    const at = (time: string) => `&cdt=${encodeURIComponent(`2026-11-20 ${time}+0000`)}&rand=51723`
    const screen = (path: string) => `url=${encodeURIComponent(`http://org.example.shop/${path}`)}`
    const body = JSON.stringify({
      requests: [
        `?new_visit=1&_idvc=3&_viewts=1795000000&action_name=Main&${screen('main')}${at('07:00:00')}${common}`,
        `?e_c=Cart&e_a=open&e_n=Top&e_v=2.0&${screen('main')}${at('07:00:20')}${common}`,
        `?download=${encodeURIComponent('http://org.example.shop:17/none')}&action_name=Application%2Fdownloaded&${screen('application/downloaded')}${at('07:00:30')}${common}`,
        `?link=${encodeURIComponent('https://other.example/')}&url=${encodeURIComponent('https://other.example/')}${at('07:00:50')}${common}`,
      ],
    })
    await send('POST', '', body, { 'content-type': 'application/json', 'user-agent': android })
    expect(await world.visits(site)).toMatchObject([
      {
        userId: 'anna',
        firstTime: '2026-11-20T07:00:00.000Z',
        duration: 51,
        os: { name: 'Android', version: '15' },
        device: { type: 'smartphone', brand: 'Google', model: 'Pixel 9' },
        resolution: '1080x2424',
        language: 'de',
        actions: [
          { kind: 'pageview', url: 'http://org.example.shop/main', title: 'Main' },
          { kind: 'event', event: { category: 'Cart', action: 'open', name: 'Top', value: 2 } },
          { kind: 'download', target: 'http://org.example.shop:17/none' },
          { kind: 'outlink', target: 'https://other.example/' },
        ],
      },
    ])
  })

  test('Android: a single screen is a GET', async () => {
    await send(
      'GET',
      `?idsite=SITE&rec=1&apiv=1&send_image=0&new_visit=1&_id=${id}&_idvc=1&action_name=Main&url=http%3A%2F%2Forg.example.shop%2Fmain&rand=9`,
      '',
      { 'user-agent': android },
    )
    expect(await world.visits(site)).toMatchObject([
      { visitorId: id, device: { type: 'smartphone' }, actions: [{ url: 'http://org.example.shop/main' }] },
    ])
  })

  test('iOS: screens and events in a list, with dimensions and a new visit at the start', async () => {
    await define('dimensions', { name: 'Plan', scope: 'visit' })
    const agent =
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MatomoTrackerSDK URL session'
    const common =
      '?idsite=SITE&rec=1&send_image=0&_id=0123456789abcdef&_idvc=2&_idts=1794000000&_viewts=1795000000&h=11&m=0&s=0&res=1179x2556&lang=de-DE&dimension1=gold'
    const body = JSON.stringify({
      requests: [
        `${common}&new_visit=1&action_name=menu%2Fsettings&url=http%3A%2F%2Fapp%2Fmenu%2Fsettings&cdt=2026-11-20T09%3A59%3A00Z`,
        `${common}&e_c=Player&e_a=slide&e_n=volume&e_v=35.1&ca=1&url=http%3A%2F%2Fapp%2Fmenu%2Fsettings&cdt=2026-11-20T09%3A59%3A30Z`,
      ],
    })
    await send('POST', '', body, { 'content-type': 'application/json; charset=utf-8', 'user-agent': agent })
    expect(await world.visits(site)).toMatchObject([
      {
        visitorId: id,
        duration: 31,
        dimensions: { 1: 'gold' },
        os: { name: 'iOS', version: '17.5' },
        device: { type: 'smartphone', brand: 'Apple', model: 'iPhone' },
        language: 'de-de',
        actions: [
          { kind: 'pageview', url: 'http://app/menu/settings', title: 'menu/settings' },
          { kind: 'event', event: { category: 'Player', action: 'slide', name: 'volume', value: 35.1 } },
        ],
      },
    ])
  })
})

describe('Pages without JavaScript', () => {
  test('the pixel of a WordPress plugin tells its page by the header Referer', async () => {
    await send('GET', '?idsite=SITE&rec=1', '', { referer: 'https://example.org/2026/11/hats/' })
    expect(await world.visits(site)).toMatchObject([
      { actions: [{ kind: 'pageview', url: 'https://example.org/2026/11/hats/' }] },
    ])
  })

  test('the pixel of a newsletter tells its campaign, and keeps its visitor by a cookie', async () => {
    const pixel = '?idsite=SITE&rec=1&bots=1&action_name=Newsletter&e_c=Email&e_a=Open&mtm_campaign=November'
    const answer = await send('GET', pixel)
    const cookie = answer.headers.getSetCookie().map((line) => line.split(';')[0])
    after(3600)
    await send('GET', pixel, '', { cookie: cookie.join('; ') })
    const visits = await world.visits(site)
    expect(visits).toMatchObject([
      { visitNumber: 2, referrer: { type: 'campaign', name: 'november' }, actions: [{ kind: 'event' }] },
      { visitNumber: 1, referrer: { type: 'campaign', name: 'november' }, actions: [{ kind: 'event' }] },
    ])
    expect(visits[0]?.visitorId).toBe(visits[1]?.visitorId)
  })
})
