// Every parameter of the tracking protocol, over real HTTP: a good value and where it is seen in the visits log, a value
// beyond its limits and what is left of it, a bad one and what becomes of that. Each row has a site of its own, and all
// of what its visits log shows is the row's doing.

import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parameters } from '../../../server/collect/parameter.ts'
import type { LoggedVisit } from '../../../server/reports/visits-log.ts'
import { startFootfall, type World } from '../../world/footfall.ts'

const ten = Date.parse('2026-11-20T10:00:00Z')
const id = 'aaaaaaaaaaaaaaaa'
const page = 'https://example.org/page'
const iphone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1'
const crawler = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'

type Sent = Record<string, string | number>
/** One request, or several a minute apart. */
type Requests = Sent | Sent[]
type Site = { goals?: object[]; dimensions?: object[] }
/** Name of the parameter, what is sent beside site, address and visitor, what the visit looks like. */
type Seen = [name: string, sent: Requests, visit: object, site?: Site]
type Absent = [name: string, sent: Sent, site?: Site]
type Refused = [name: string, sent: Requests, message: string, site?: Site]
/** What a browser says of the loading of a page, and what it means; milliseconds. */
const loading = JSON.stringify({
  name: 'https://example.org/',
  entryType: 'navigation',
  activationStart: 0,
  fetchStart: 1.5,
  connectEnd: 4,
  requestStart: 4,
  responseStart: 24.25,
  responseEnd: 25,
  domInteractive: 100,
  domComplete: 180.5,
  loadEventStart: 180.5,
  loadEventEnd: 0,
})
const loadingTimes = { ttfb: 24, network: 3, server: 20, transfer: 1, dom_processing: 75, dom_completion: 81 }

type Dropped = [name: string, sent: Sent]

/** A visit of one action. */
const one = (action: object) => ({ actions: [{ kind: 'pageview', ...action }] })
/** It needs the token of the owner. */
const trusted: Sent = { token_auth: 'owner' }

const manual: Site = { goals: [{ name: 'Signed up', match: 'manual', revenue: 5 }] }
const conversion = (further: object) => ({ actions: [{ kind: 'goal', conversions: [further] }] })
const credit = (type: string, name = '', keyword = '') =>
  conversion({ goal: 1, revenue: 5, credited: { type, name, keyword } })
const order = { idgoal: 0, ec_id: 'A1', revenue: 10 }
const shoe = { sku: 'S1', name: 'Shoe', categories: ['Shoes', 'Red'], price: 9.5, quantity: 2 }
const custom: Site = {
  dimensions: [
    { name: 'Plan', scope: 'visit' },
    { name: 'Author', scope: 'action' },
    { name: 'Old', scope: 'visit', active: false },
  ],
}
const video = { e_c: 'Video', e_a: 'play' }
const banner = { c_n: 'Banner' }
const day = 86_400
const seconds = ten / 1000

const good: Seen[] = [
  // -- Page and request
  ['idsite', {}, one({ url: page })],
  ['rec', { rec: 1 }, one({ url: page })],
  ['url', { url: 'http://www.example.org/a?b=1' }, one({ url: 'http://www.example.org/a?b=1' })],
  ['url', { url: '//example.org/a' }, one({ url: 'https://example.org/a' })],
  ['urlref', { urlref: 'https://www.google.com/' }, { referrer: { type: 'search', name: 'Google' } }],
  [
    'cs',
    { url: 'https://example.org/?q=caf%E9+noir', cs: 'windows-1252' },
    { actions: [{ kind: 'search', search: { keyword: 'café noir' } }] },
  ],
  ['action_name', { action_name: ' Shop / Hats ' }, one({ title: 'Shop / Hats' })],
  ['pv_id', { pv_id: 'aZ09xy' }, one({ pageViewId: 'aZ09xy' })],
  ['res', { res: '1024x768' }, { resolution: '1024x768' }],
  ['res', [{}, { res: '800x600' }], { resolution: '800x600' }],
  ['cd', { cd: 24 }, { colorDepth: 24 }],
  ['h', { h: 7, m: 5 }, { localTime: '07:05' }],
  ['m', { h: 23, m: 59 }, { localTime: '23:59' }],
  ['s', { h: 7, m: 5, s: 59 }, { localTime: '07:05' }],
  ['lang', { lang: 'fr-CH,en;q=0.5' }, { language: 'fr-ch' }],
  [
    'ua',
    { ua: iphone },
    { os: { name: 'iOS', version: '18.6' }, device: { type: 'smartphone', brand: 'Apple', model: 'iPhone' } },
  ],
  [
    'uadata',
    {
      uadata: JSON.stringify({
        platform: 'Windows',
        platformVersion: '15.0.0',
        fullVersionList: [{ brand: 'Google Chrome', version: '141.0.1' }],
      }),
    },
    { os: { name: 'Windows', version: '11' }, browser: { name: 'Chrome', version: '141' } },
  ],
  ['bots', { ua: crawler, bots: 1 }, one({ url: page })],
  ['ping', [{}, { ping: 1 }], { duration: 61, actionCount: 1, actions: [{ kind: 'pageview' }] }],
  ['ca', { ca: 1, ...video }, { actions: [{ kind: 'event' }] }],
  ['ff_id', [{ ff_id: 'aZ09xy' }, { ff_id: 'aZ09xy' }, { ff_id: 'aZ09xz' }], { actionCount: 2 }],
  ...Object.entries({
    cookie: 'cookies',
    java: 'java',
    fla: 'flash',
    pdf: 'pdf',
    wma: 'windows_media',
    qt: 'quicktime',
    realp: 'realplayer',
    dir: 'director',
    ag: 'silverlight',
    gears: 'gears',
  }).map(([name, technique]): Seen => [name, { [name]: 1 }, { browser: { techniques: [technique] } }]),

  // -- Who and when
  ['_id', { _id: '0123456789ABCDEF' }, { visitorId: '0123456789abcdef' }],
  ['_id', { _id: '' }, { visitorId: expect.not.stringContaining(id) }],
  ['cid', { cid: 'bbbbbbbbbbbbbbbb' }, { visitorId: 'bbbbbbbbbbbbbbbb' }],
  ['uid', { uid: 'anna' }, { userId: 'anna', visitorId: sha1('anna') }],
  ['uid', { uid: 'anna', cid: 'bbbbbbbbbbbbbbbb' }, { userId: 'anna', visitorId: sha1('anna') }],
  ['cip', { ...trusted, cip: '8.8.4.4' }, { ip: '8.8.0.0', location: { country: 'US' } }],
  ['cip', { ...trusted, cip: '2001:4860:4860::8888' }, { ip: '2001:4860:4860::' }],
  ['token_auth', { ...trusted, cdt: seconds - 3 * day }, { firstTime: '2026-11-17T10:00:00.000Z' }],
  ['cdt', { cdt: seconds - 3600 }, { firstTime: '2026-11-20T09:00:00.000Z' }],
  ['cdt', { cdt: '2026-11-20 09:30:15' }, { firstTime: '2026-11-20T09:30:15.000Z' }],
  ['cdt', { cdt: '2026-11-20T09:30:15+02:00' }, { firstTime: '2026-11-20T07:30:15.000Z' }],
  ['cdo', { cdo: 90 }, { firstTime: '2026-11-20T09:58:30.000Z' }],
  ['cdo', { cdo: -90 }, { firstTime: '2026-11-20T09:58:30.000Z' }],
  ['cdo', { cdo: 90, cdt: seconds - 3600 }, { firstTime: '2026-11-20T08:58:30.000Z' }],
  ['country', { ...trusted, country: 'at' }, { location: { country: 'AT' } }],
  ['region', { ...trusted, region: '9' }, { location: { region: '9' } }],
  ['city', { ...trusted, city: 'Wien' }, { location: { city: 'Wien' } }],
  ['lat', { ...trusted, lat: '48.25' }, { location: { latitude: 48.25 } }],
  ['long', { ...trusted, long: '-16.5' }, { location: { longitude: -16.5 } }],
  [
    'new_visit',
    [{}, { new_visit: 1, url: `${page}/2` }],
    { visitNumber: 2, actions: [{ url: `${page}/2` }] },
  ],

  // -- Campaigns and attribution
  ...[
    ...['pk_cpn', 'pk_campaign', 'piwik_campaign', 'mtm_campaign', 'matomo_campaign', 'utm_campaign'],
    ...['utm_source', 'utm_medium'],
  ].map((name): Seen => [name, { [name]: 'Spring' }, { referrer: { type: 'campaign', name: 'spring' } }]),
  ...[...['pk_kwd', 'pk_keyword', 'piwik_kwd', 'mtm_kwd', 'mtm_keyword', 'matomo_kwd', 'utm_term']].map(
    (name): Seen => {
      return [name, { utm_campaign: 'x', [name]: 'Hats' }, { referrer: { name: 'x', keyword: 'hats' } }]
    },
  ),
  ['_rcn', { idgoal: 1, _rcn: 'Spring' }, credit('campaign', 'spring'), manual],
  ['_rck', { idgoal: 1, _rcn: 'Spring', _rck: 'Hats' }, credit('campaign', 'spring', 'hats'), manual],
  ['_ref', { idgoal: 1, _ref: 'https://www.google.com/' }, credit('search', 'Google'), manual],
  ['_ref', { idgoal: 1, _ref: 'https://blog.example/a' }, credit('website', 'blog.example'), manual],

  // -- Actions
  [
    'link',
    { link: 'https://other.example/a?utm_source=x#top' },
    { actions: [{ kind: 'outlink', target: 'https://other.example/a?utm_source=x#top' }] },
  ],
  [
    'download',
    { download: 'https://example.org/a.pdf?sid=1' },
    { actions: [{ kind: 'download', target: 'https://example.org/a.pdf?sid=1' }] },
  ],
  [
    'search',
    { search: 'Red hats' },
    { actions: [{ kind: 'search', search: { keyword: 'Red hats', category: '', count: null } }] },
  ],
  ['search_cat', { search: 'x', search_cat: 'Shop' }, { actions: [{ search: { category: 'Shop' } }] }],
  ['search_count', { search: 'x', search_count: 0 }, { actions: [{ search: { count: 0 } }] }],
  ['search_count', { search: 'x', search_count: 12 }, { actions: [{ search: { count: 12 } }] }],
  ['e_c', { ...video }, { actions: [{ kind: 'event', event: { category: 'Video' } }] }],
  [
    'e_a',
    { ...video },
    { actions: [{ event: { category: 'Video', action: 'play', name: '', value: null } }] },
  ],
  ['e_n', { ...video, e_n: 'Intro' }, { actions: [{ event: { name: 'Intro' } }] }],
  ['e_v', { ...video, e_v: '1.5' }, { actions: [{ event: { value: 1.5 } }] }],
  ['e_v', { ...video, e_v: '-2e1' }, { actions: [{ event: { value: -20 } }] }],
  ['c_n', { ...banner }, { actionCount: 0, actions: [{ kind: 'impression', content: { name: 'Banner' } }] }],
  ['c_p', { ...banner, c_p: 'b.png' }, { actions: [{ content: { piece: 'b.png' } }] }],
  [
    'c_t',
    { ...banner, c_t: 'https://www.example.org/sale' },
    { actions: [{ target: 'https://www.example.org/sale' }] },
  ],
  [
    'c_i',
    { ...banner, c_i: 'click' },
    { actions: [{ kind: 'interaction', content: { name: 'Banner', interaction: 'click' } }] },
  ],
  ...Object.entries({
    pf_net: 'network',
    pf_srv: 'server',
    pf_tfr: 'transfer',
    pf_dm1: 'dom_processing',
    pf_dm2: 'dom_completion',
    pf_onl: 'load',
    ff_lcp: 'lcp',
    ff_fcp: 'fcp',
    ff_inp: 'inp',
    ff_ttfb: 'ttfb',
    ff_engaged: 'engaged',
  }).flatMap(([name, timing]): Seen[] => [
    [name, { [name]: 123 }, one({ timings: { [timing]: 123 } })],
    // Measured late: it stands with its page view, and is no action of its own.
    [name, [{ pv_id: 'late01' }, late(name, 16_777_215)], one({ timings: { [timing]: 16_777_215 } })],
    [name, [{ pv_id: 'late01', [name]: 5 }, late(name, 9)], one({ timings: { [timing]: 9 } })],
  ]),
  ['ff_cls', { ff_cls: '0.125' }, one({ timings: { cls: 0.125 } })],
  ['ff_cls', { ff_cls: '0.12346789' }, one({ timings: { cls: 0.1235 } })],
  ['ff_engaged', { ff_engaged: '1234.56' }, one({ timings: { engaged: 1235 } })],
  ['ff_scroll', { ff_scroll: 100 }, one({ timings: { scroll: 100 } })],
  ['ff_scroll', { ff_scroll: '33.37' }, one({ timings: { scroll: 33 } })],
  // Of a page that is shorter than the window.
  ['ff_scroll', { ff_scroll: 150 }, one({ timings: { scroll: 100 } })],
  ['ff_nav', { ff_nav: loading }, one({ timings: loadingTimes })],
  // Loaded in advance: the visitor's time begins when the page is shown.
  [
    'ff_nav',
    { ff_nav: JSON.stringify({ ...JSON.parse(loading), activationStart: 30 }), ff_lcp: '90.4', ff_fcp: 20 },
    one({ timings: { ...loadingTimes, ttfb: 0, lcp: 60, fcp: 0 } }),
  ],
  [
    'ff_file',
    { ff_file: 'https://example.org/files/list.PDF?sid=1' },
    { actions: [{ kind: 'download', target: 'https://example.org/files/list.PDF?sid=1' }] },
  ],
  [
    'ff_file',
    { ff_file: 'https://example.org/get?name=list.pdf&page=2' },
    { actions: [{ kind: 'download', target: 'https://example.org/get?name=list.pdf&page=2' }] },
  ],
  [
    'ff_file',
    { ff_file: 'https://elsewhere.example/john.doe' },
    { actions: [{ kind: 'outlink', target: 'https://elsewhere.example/john.doe' }] },
  ],
  ['dimension', { dimension1: ' gold ' }, { dimensions: { 1: 'gold' } }, custom],
  ['dimension', [{ dimension1: 'gold' }, { dimension1: 'pro' }], { dimensions: { 1: 'pro' } }, custom],
  ['dimension', [{ dimension1: 'gold' }, { dimension1: '' }], { dimensions: {} }, custom],
  ['dimension', { dimension2: 'Anna' }, { dimensions: {}, ...one({ dimensions: { 2: 'Anna' } }) }, custom],
  ['cvar', { cvar: '{"1":["Plan","pro"]}' }, { variables: {}, ...one({ variables: { Plan: 'pro' } }) }],
  ['_cvar', { _cvar: '{"5":["Plan","pro"]}' }, { variables: { Plan: 'pro' } }],
  [
    'e_cvar',
    { ...video, e_cvar: '{"1":["Part","top"]}' },
    { actions: [{ kind: 'event', variables: { Part: 'top' } }] },
  ],

  // -- Goals, orders, products
  ['idgoal', { idgoal: 1 }, conversion({ goal: 1, revenue: 5, credited: direct() }), manual],
  ['idgoal', { idgoal: 0, revenue: 3 }, { buyer: 'cart', actions: [{ kind: 'cart' }] }],
  [
    'revenue',
    { idgoal: 1, revenue: '7.25' },
    conversion({ goal: 1, revenue: 7.25, credited: direct() }),
    manual,
  ],
  ['revenue', { ...order }, { revenue: 10, actions: [{ kind: 'order', amounts: { revenue: 10 } }] }],
  ['ec_id', { ...order }, { buyer: 'ordered', orders: 1, goals: [0], actions: [{ orderId: 'A1' }] }],
  ...Object.entries({ ec_st: 'subtotal', ec_tx: 'tax', ec_sh: 'shipping', ec_dt: 'discount' }).map(
    ([name, amount]): Seen => {
      return [name, { ...order, [name]: '1.5' }, { actions: [{ amounts: { revenue: 10, [amount]: 1.5 } }] }]
    },
  ),
  [
    'ec_items',
    { ...order, ec_items: '[["S1","Shoe",["Shoes","Red","Shoes"],9.5,2],["S2"],["","no number"]]' },
    { actions: [{ items: [shoe, { sku: 'S2', name: '', categories: [], price: 0, quantity: 1 }] }] },
  ],
  ['_pks', { _pks: 'S1' }, one({ items: [{ sku: 'S1', name: '', categories: [], price: 0, quantity: 1 }] })],
  [
    '_pkn',
    { _pks: 'S1', _pkn: 'Shoe', _pkc: '["Shoes","Red"]', _pkp: '9.5' },
    one({ items: [{ ...shoe, quantity: 1 }] }),
  ],
  [
    '_pkc',
    { _pkc: 'Shoes' },
    one({ items: [{ sku: '', name: '', categories: ['Shoes'], price: 0, quantity: 1 }] }),
  ],
  [
    '_pkp',
    { _pks: 'S1', _pkp: 12 },
    one({ items: [{ sku: 'S1', name: '', categories: [], price: 12, quantity: 1 }] }),
  ],
]

const long = (characters: number) => 'ä'.repeat(characters)

/** Values that are too long, and what is kept of them. */
const cut: Seen[] = [
  [
    'url',
    { url: `https://example.org/${'a'.repeat(2000)}` },
    one({ url: `https://example.org/${'a'.repeat(1004)}` }),
  ],
  ['action_name', { action_name: long(600) }, one({ title: long(512) })],
  ['pv_id', { pv_id: 'abcdefgh' }, one({ pageViewId: 'abcdef' })],
  ['ff_id', [{ ff_id: '0123456789abcdef1' }, { ff_id: '0123456789abcdef2' }], { actionCount: 1 }],
  ['res', { res: '1024x76800' }, { resolution: '1024x7680' }],
  ['_id', { _id: '0123456789abcdefff' }, { visitorId: '0123456789abcdef' }],
  ['uid', { uid: 'u'.repeat(300) }, { userId: 'u'.repeat(200) }],
  ['utm_campaign', { utm_campaign: 'c'.repeat(300) }, { referrer: { name: 'c'.repeat(255) } }],
  [
    'search_cat',
    { search: 'x', search_cat: 'c'.repeat(300) },
    { actions: [{ search: { category: 'c'.repeat(200) } }] },
  ],
  ['dimension', { dimension1: long(300) }, { dimensions: { 1: long(250) } }, custom],
  [
    '_cvar',
    { _cvar: JSON.stringify({ 1: [long(300), long(300)] }) },
    { variables: { [long(200)]: long(200) } },
  ],
  ['ec_id', { ...order, ec_id: 'n'.repeat(150) }, { actions: [{ orderId: 'n'.repeat(100) }] }],
  [
    '_pkc',
    { _pks: 'S1', _pkc: '["1","2","3","4","5","6"]' },
    one({ items: [{ sku: 'S1', name: '', categories: ['1', '2', '3', '4', '5'], price: 0, quantity: 1 }] }),
  ],
  ['region', { ...trusted, region: 'r'.repeat(200) }, { location: { region: 'r'.repeat(100) } }],
  ['city', { ...trusted, city: 'c'.repeat(300) }, { location: { city: 'c'.repeat(200) } }],
  [
    '_ref',
    { idgoal: 1, _ref: `https://blog.example/${'a'.repeat(2000)}` },
    credit('website', 'blog.example'),
    manual,
  ],
  ['_rcn', { idgoal: 1, _rcn: 'c'.repeat(300) }, credit('campaign', 'c'.repeat(255)), manual],
  ['_rck', { idgoal: 1, _rcn: 'x', _rck: 'c'.repeat(300) }, credit('campaign', 'x', 'c'.repeat(255)), manual],
]

/** What goes another way than being left out. */
const otherwise: Seen[] = [
  ['url', { url: 'javascript:alert(1)' }, { actions: [{ kind: 'pageview', url: undefined }] }],
  ['url', { url: 'data:text/html,x' }, { actions: [{ kind: 'pageview', url: undefined }] }],
  ['url', { url: 'example.org/without-protocol' }, { actions: [{ kind: 'pageview', url: undefined }] }],
  ['link', { link: 'javascript:alert(1)' }, { actions: [{ kind: 'outlink', target: undefined }] }],
  ['download', { download: 'no address' }, { actions: [{ kind: 'download', target: undefined }] }],
  ['_id', { _id: 'too short' }, { visitorId: expect.not.stringContaining(id) }],
  [
    '_id',
    { _id: '0123456789abcdeg' },
    { visitorId: expect.stringMatching(/^(?!0123456789abcde)[0-9a-f]{16}$/) },
  ],
  // Beyond its range is midnight, as in Matomo.
  ['h', { h: 24, m: 5 }, { localTime: '00:05' }],
  ['m', { h: 7, m: 60 }, { localTime: '07:00' }],
]

/** A bad value is no value: the visit is the one that there is without it. */
const absent: Absent[] = [
  ['send_image', { send_image: 'never' }],
  ['urlref', { urlref: 'no address' }],
  ['cs', { cs: 'no charset', url: 'https://example.org/?q=caf%C3%A9' }],
  ['cs', { cs: 'utf-8', url: 'https://example.org/?q=caf%C3%A9' }],
  ['action_name', { action_name: '   ' }],
  ['pv_id', { pv_id: 'a b' }],
  ['ff_id', { ff_id: 'a b' }],
  ...['1024', '0x768', 'x', '1024x', '-1x-1'].map((res): Absent => ['res', { res }]),
  ...['0', '256', 'x', '-1'].map((cd): Absent => ['cd', { cd }]),
  ['h', { h: 'seven' }],
  ['m', { h: 7, m: 'five' }],
  ['s', { s: 61 }],
  ['uadata', { uadata: '{"platform":' }],
  ['uadata', { uadata: '[1,2]' }],
  ['bots', { bots: 'x' }],
  ['ping', { ping: 0 }],
  ['ping', { ping: 'x' }],
  ['ca', { ca: 'x' }],
  ...['cookie', 'java', 'fla', 'pdf', 'wma', 'qt', 'realp', 'dir', 'ag', 'gears'].flatMap(
    (name): Absent[] => [
      [name, { [name]: 0 }],
      [name, { [name]: 'yes' }],
    ],
  ),
  ['cid', { cid: '' }],
  ['uid', { uid: '  ' }],
  ['cdt', { cdt: seconds + 60 }],
  ['cdt', { cdt: seconds - 21 * 366 * day }],
  ['cdo', { cdo: 'x' }],
  ['country', { ...trusted, country: 'Austria' }],
  ['country', { ...trusted, country: '1' }],
  ['region', { ...trusted, region: ' ' }],
  ['city', { ...trusted, city: ' ' }],
  ['lat', { ...trusted, lat: 91 }],
  ['lat', { ...trusted, lat: '48,25' }],
  ['long', { ...trusted, long: -181 }],
  ['new_visit', { new_visit: 'x' }],
  ...[
    ...['pk_cpn', 'pk_campaign', 'piwik_campaign', 'mtm_campaign', 'matomo_campaign', 'utm_campaign'],
    ...['utm_source', 'utm_medium', 'pk_kwd', 'pk_keyword', 'piwik_kwd', 'mtm_kwd', 'mtm_keyword'],
    ...['matomo_kwd', 'utm_term'],
  ].map((name): Absent => [name, { [name]: ' ' }]),
  ['_rcn', { _rcn: '', idgoal: 1 }, manual],
  ['_rck', { _rck: 'keyword without a campaign', idgoal: 1 }, manual],
  ['_ref', { _ref: 'no address', idgoal: 1 }, manual],
  ['search', { search: '' }],
  ['search_count', { search_count: -1, search: 'x' }],
  ['search_count', { search_count: 'many', search: 'x' }],
  ['search_cat', { search_cat: ' ', search: 'x' }],
  ['e_c', { e_c: 'Video' }],
  ['e_a', { e_a: 'play' }],
  ['e_n', { e_n: ' ', ...video }],
  ['e_v', { e_v: '1,5', ...video }],
  ['e_v', { e_v: 'high', ...video }],
  ['e_v', { e_v: '1e13', ...video }],
  ['c_p', { c_p: 'piece without a name' }],
  ['c_t', { c_t: ' ', ...banner }],
  ['c_i', { c_i: ' ', ...banner }],
  ...['pf_net', 'pf_srv', 'pf_tfr', 'pf_dm1', 'pf_dm2', 'pf_onl'].flatMap((name): Absent[] => [
    [name, { [name]: -1 }],
    [name, { [name]: 16_777_216 }],
    [name, { [name]: '1.5' }],
  ]),
  ...['ff_lcp', 'ff_fcp', 'ff_inp', 'ff_ttfb', 'ff_engaged'].map(
    (name): Absent => [name, { [name]: 16_777_216 }],
  ),
  ['ff_cls', { ff_cls: 'x' }],
  ['ff_cls', { ff_cls: -1 }],
  ['ff_inp', { ff_inp: 0 }],
  ['ff_scroll', { ff_scroll: 'NaN' }],
  ['ff_scroll', { ff_scroll: -1 }],
  ['ff_nav', { ff_nav: '{"responseEnd":' }],
  ['ff_nav', { ff_nav: '{"responseEnd":"soon","fetchStart":-1,"activationStart":null}' }],
  ['ff_nav', { ff_nav: '7' }],
  ['dimension', { dimension3: 'not active' }, custom],
  ['dimension', { dimension9: 'not there' }, custom],
  ['dimension', { dimension0: 'no number' }, custom],
  ['dimension', { dimension2: '' }, custom],
  ...['cvar', '_cvar', 'e_cvar'].flatMap((name): Absent[] => [
    [name, { [name]: '{"1":["Plan"' }],
    [name, { [name]: '"Plan"' }],
    [name, { [name]: '{"0":["Plan","pro"],"x":["Plan","pro"],"1":"Plan","2":["",""]}' }],
  ]),
  ['revenue', { revenue: 'much', idgoal: 1 }, manual],
  ...['ec_st', 'ec_tx', 'ec_sh', 'ec_dt'].map((name): Absent => [name, { [name]: '1,5', ...order }]),
  ['ec_items', { ec_items: '[]', ...order }],
  ['_pks', { _pks: ' ' }],
  ['_pkn', { _pkn: 'name without a number' }],
  ['_pkc', { _pkc: '[]' }],
  ['_pkp', { _pkp: 'cheap', _pks: 'S1' }],
  // Sent by clients, or good for Matomo's own tests only: they change nothing.
  ...Object.entries({
    apiv: 1,
    r: '123456',
    rand: '123456',
    dp: 1,
    data: '{"a":1}',
    consent: 1,
    debug: 1,
    _idn: 1,
    _idts: seconds - day,
    _idvc: 7,
    _viewts: seconds - day,
    _ects: seconds - day,
    _refts: seconds - day,
    gt_ms: 300,
    queuedtracking: 0,
    recMode: 1,
    http_status: 200,
    bw_bytes: 1234,
    source: 'log',
    forceIpAnonymization: 1,
    forceUseThirdPartyCookie: 1,
    forceLargeWindowLookBackForVisitor: 1,
    forceEnableFingerprintingAcrossWebsites: 1,
    forceEnableTrackerMaintenanceMode: 1,
    unheard_of: 'x',
  }).map(([name, value]): Absent => [name, { [name]: value }]),
]

const needsToken = 'it needs a valid token_auth.'

const refused: Refused[] = [
  ...['0', '-1', '1.5', 'x', '4294967296'].map((idsite): Refused => {
    return ['idsite', { idsite }, 'idsite: it must be the number of a site.']
  }),
  ['idsite', { idsite: 4_000_000_000 }, 'idsite: there is no site 4000000000.'],
  ...['0123456789abcde', '0123456789abcdef0', '0123456789abcdeg'].map((cid): Refused => {
    return ['cid', { cid }, 'cid: it must be 16 hexadecimal characters.']
  }),
  ['cip', { ...trusted, cip: '8.8.8' }, 'cip: it must be an IP address.'],
  ['token_auth', { token_auth: '0123456789abcdef0123456789abcdef', cip: '8.8.8.8' }, `cip: ${needsToken}`],
  ['country', { country: 'at' }, `country: ${needsToken}`],
  ['region', { region: '9' }, `region: ${needsToken}`],
  ['city', { city: 'Wien' }, `city: ${needsToken}`],
  ['lat', { lat: '48.25' }, `lat: ${needsToken}`],
  ['long', { long: '16.5' }, `long: ${needsToken}`],
  ['cdt', { cdt: 'the day before' }, 'cdt: it must be a Unix time or a date with time.'],
  ['cdt', { cdt: seconds - day - 1 }, 'cdt: it is more than a day old and needs a valid token_auth.'],
  ['cdo', { cdo: day + 1 }, 'cdo: it is more than a day old and needs a valid token_auth.'],
  ['c_n', { c_n: ' ' }, 'c_n: it must not be blank.'],
  ...['pf_net', 'pf_srv', 'pf_tfr', 'pf_dm1', 'pf_dm2', 'pf_onl'].map((name): Refused => {
    return [name, { [name]: -2 }, `${name}: it must not be negative.`]
  }),
  ['idgoal', { idgoal: 2 }, 'idgoal: there is no goal 2.', manual],
  ['idgoal', { idgoal: 'x' }, 'idgoal: it must be the number of a goal, or 0 for an order or cart.'],
  ['ec_id', [order, order], 'ec_id: this order is there already.'],
  ['ec_items', { ...order, ec_items: '[["S1"' }, 'ec_items: it must be a list in JSON.'],
  ['ec_items', { ...order, ec_items: '{"S1":1}' }, 'ec_items: it must be a list in JSON.'],
]

/** Answered as usual and not counted. */
const dropped: Dropped[] = [
  ['rec', { rec: 0 }],
  ['rec', { rec: 'yes' }],
  ['ua', { ua: crawler }],
  ['bots', { ua: crawler, bots: 0 }],
  ['ping', { ping: 1 }],
  ['ca', { ca: 1 }],
  // A page of the site, and nothing.
  ['ff_file', { ff_file: 'https://www.example.org/john.doe' }],
  ['ff_file', { ff_file: 'john.doe' }],
  ['pf_net', { pv_id: 'none01', pf_net: 5, ca: 1 }],
  ['tracker_install_check', { tracker_install_check: '0123456789abcdef' }],
]

/** In which every value is a good one, or every value does the same. */
const withoutBadValues = ['lang', 'tracker_install_check', 'send_image']
const withoutGoodValues = ['send_image', 'tracker_install_check']

// -- Sending ---------------------------------------------------------------------------------------------------

type Answered = { site: number; answer: Response; text: string }

let world: World
const answered = new Map<unknown, Answered>()
/** Of a row of `absent`: the site that was sent the same without the parameter. */
const plain = new Map<unknown, Answered>()

beforeAll(async () => {
  world = await startFootfall({ timezone: 'UTC', clock: ten, env: { TRACKING_RATE_LIMIT: '0' } })
  for (const row of [...good, ...cut, ...otherwise]) answered.set(row, await perform(row[1], row[3]))
  for (const row of refused) answered.set(row, await perform(row[1], row[3]))
  for (const row of dropped) answered.set(row, await perform(row[1]))
  const plains = new Map<string, Answered>()
  for (const row of absent) {
    const [name, sent, site] = row
    answered.set(row, await perform(sent, site))
    const without = Object.fromEntries(
      Object.entries(sent).filter(([key]) => key !== name && !key.startsWith('dimension')),
    )
    const key = JSON.stringify([without, site])
    const known = plains.get(key) ?? (await perform(without, site))
    plains.set(key, known)
    plain.set(row, known)
  }
}, 180_000)
afterAll(() => world.close())

async function perform(sent: Requests, { goals = [], dimensions = [] }: Site = {}): Promise<Answered> {
  world.setClock(ten)
  const { id: site } = await world.service.sites.create({
    name: 'Example',
    url: 'https://example.org',
    timezone: 'UTC',
  })
  for (const goal of goals) await define(site, 'goals', goal)
  for (const dimension of dimensions) await define(site, 'dimensions', dimension)
  const requests = Array.isArray(sent) ? sent : [sent]
  let answer: Response | undefined
  for (const [index, { token_auth, ...others }] of requests.entries()) {
    world.setClock(ten + index * 60_000)
    const token = token_auth === 'owner' ? world.token : token_auth
    answer = await world.track({
      idsite: site,
      url: page,
      _id: id,
      ...others,
      ...(token !== undefined && { token_auth: token }),
    })
  }
  if (!answer) throw new Error('A row sends nothing.')
  return { site, answer, text: await answer.text() }
}

async function define(site: number, what: string, body: object): Promise<void> {
  const answer = await fetch(`${world.url}/api/sites/${site}/${what}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (answer.status !== 201) throw new Error(await answer.text())
}

const logs = new Map<number, Promise<LoggedVisit[]>>()

function visitsOf({ site }: Answered): Promise<LoggedVisit[]> {
  const known = logs.get(site) ?? world.visits(site)
  logs.set(site, known)
  return known
}

function of<T>(rows: Map<unknown, T>, row: unknown): T {
  const found = rows.get(row)
  if (found === undefined) throw new Error('This row was not sent.')
  return found
}

function late(name: string, value: number): Sent {
  return { pv_id: 'late01', ca: 1, [name]: value }
}

function direct(): object {
  return { type: 'direct', name: '', keyword: '' }
}

function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex').slice(0, 16)
}

/** Maps and lists of which all is compared. */
const whole = ['dimensions', 'variables', 'timings', 'amounts', 'items', 'conversions', 'techniques', 'goals']

/** Of what was found as much as is expected something of. */
function asFarAs(expected: unknown, found: unknown): unknown {
  if (Array.isArray(expected) && Array.isArray(found)) {
    return found.map((entry, index) => asFarAs(expected[index], entry))
  }
  if (!isMap(expected) || !isMap(found)) return found
  return Object.fromEntries(
    Object.keys(expected).map((key) => [
      key,
      whole.includes(key) ? found[key] : asFarAs(expected[key], found[key]),
    ]),
  )
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

const titled = <Row extends [string, Requests, ...unknown[]]>(rows: Row[]) =>
  rows.map((row) => ({ what: `${row[0]}: ${JSON.stringify(row[1]).slice(0, 100)}`, row }))

// -- What is seen ----------------------------------------------------------------------------------------------

describe('A good value is kept', () => {
  test.each(titled(good))('$what', async ({ row }) => await expectVisit(row))
})

describe('A value beyond its limits is cut', () => {
  test.each(titled(cut))('$what', async ({ row }) => await expectVisit(row))
})

describe('A value that is another is kept as that', () => {
  test.each(titled(otherwise))('$what', async ({ row }) => await expectVisit(row))
})

async function expectVisit(row: Seen): Promise<void> {
  const sent = of(answered, row)
  expect(sent.answer.status).toBe(200)
  const [visit] = await visitsOf(sent)
  expect(asFarAs(row[2], visit)).toEqual(row[2])
}

describe('A bad value is as good as none', () => {
  test.each(titled(absent))('$what', async ({ row }) => {
    const [sent, without] = [of(answered, row), of(plain, row)]
    expect(sent.answer.status).toBe(200)
    const [visits, others] = await Promise.all([visitsOf(sent), visitsOf(without)])
    expect(visits).toHaveLength(1)
    expect(visits.map(withoutNumber)).toEqual(others.map(withoutNumber))
  })

  /** All but the number of the visit, which is by chance. */
  function withoutNumber({ visitId, ...visit }: LoggedVisit): object {
    return visit
  }
})

describe('A value that would do harm is refused, and the answer says why', () => {
  test.each(titled(refused))('$what', async ({ row }) => {
    const sent = of(answered, row)
    expect(sent.answer.status).toBe(400)
    expect(sent.text.endsWith(`\n${row[2]}\n`)).toBe(true)
    // What was sent before it stays.
    expect(await visitsOf(sent)).toHaveLength(Array.isArray(row[1]) ? 1 : 0)
  })
})

describe('What is not meant to be counted is answered as usual', () => {
  test.each(titled(dropped))('$what', async ({ row }) => {
    const sent = of(answered, row)
    expect(sent.answer.status).toBe(200)
    expect(sent.answer.headers.get('content-type')).toBe('image/gif')
    expect(await visitsOf(sent)).toEqual([])
  })
})

test('Every parameter that is read has its rows above', () => {
  const named = (rows: readonly (readonly [string, ...unknown[]])[]) => new Set(rows.map(([name]) => name))
  const [fine, bad] = [named(good), named([...cut, ...otherwise, ...absent, ...refused, ...dropped])]
  const all = [...Object.keys(parameters), 'dimension']
  expect(all.filter((name) => !fine.has(name) && !withoutGoodValues.includes(name))).toEqual([])
  expect(all.filter((name) => !bad.has(name) && !withoutBadValues.includes(name))).toEqual([])
})
