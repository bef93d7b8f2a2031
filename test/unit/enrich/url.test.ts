import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  absoluteUrl,
  campaignOf,
  excludedParameterError,
  ignoresReferrer,
  normaliseTitle,
  normaliseUrl,
  siteSearchOf,
  targetUrl,
  type UrlSettings,
} from '../../../server/enrich/url.ts'

const plain: UrlSettings = { keepFragment: false, excludedParameters: [] }

function kept(raw: string, settings: Partial<UrlSettings> = {}): string | undefined {
  return normaliseUrl(raw, { ...plain, ...settings })?.url
}

describe('a page address', () => {
  test.each([
    ['http://example.org/a', 'example.org/a', 0],
    ['http://www.example.org/a', 'example.org/a', 1],
    ['https://example.org/a', 'example.org/a', 2],
    ['https://www.example.org/a', 'example.org/a', 3],
    ['//example.org/a', 'example.org/a', 2],
    ['HTTPS://WWW.Example.ORG/Path', 'example.org/Path', 3],
    ['app://com.Example.Shop/cart', 'app://com.example.shop/cart', 0],
    ['file:///C:/help.html', 'file:///C:/help.html', 0],
    ['https://www.', 'www.', 2],
    ['http://[2001:db8::1]:8080/x', '[2001:db8::1]:8080/x', 0],
  ])('%s is kept as %s with prefix %i', (raw, url, prefix) => {
    expect(normaliseUrl(raw, plain)).toEqual({ url, prefix })
  })

  test.each([
    'http://example.org',
    'http://www.example.org/a?b=1',
    'https://example.org:8443/',
    'https://www.a.b/',
    'app://x/y',
  ])('%s can be opened again from a report', (raw) => {
    const page = normaliseUrl(raw, plain)
    expect(page && absoluteUrl(page.url, page.prefix)).toBe(raw)
  })

  test.each([
    '',
    'example.org/a',
    '/a',
    'about:blank',
    'mailto:a@example.org',
    'javascript://example.org/%0aalert(1)',
    'JavaScript://x',
    'vbscript://x',
    'data://text/html,x',
    'http://',
    'http:///a',
    'https://exa mple.org/',
    'https://<script>/',
    'https://example.org:port/',
  ])('"%s" is none', (raw) => {
    expect(normaliseUrl(raw, plain)).toBeUndefined()
  })

  test('loses credentials', () => {
    expect(kept('https://user:pass@example.org/a')).toBe('example.org/a')
    expect(kept('https://a@b@example.org/a@c')).toBe('example.org/a@c')
  })

  test('loses session ids, click ids and campaign parameters, whatever their case', () => {
    expect(
      kept(
        'https://example.org/a?x=1&GCLID=2&fbclid=3&PHPSESSID=4&utm_source=n&Utm_Campaign=c&mtm_kwd=k&pk_vid=1&ignore_referrer=1&y=2',
      ),
    ).toBe('example.org/a?x=1&y=2')
    expect(kept('https://example.org/a?gclid=1')).toBe('example.org/a')
    expect(kept('https://example.org/a?%67clid=1&sid')).toBe('example.org/a')
  })

  test('keeps order and encoding of all else', () => {
    expect(kept('https://example.org/%C3%A4?b=%20+x&a[]=1&a[]=2&flag&c=')).toBe(
      'example.org/%C3%A4?b=%20+x&a[]=1&a[]=2&flag&c=',
    )
    expect(kept('https://example.org/A/?Q=1&sid=2&q=3')).toBe('example.org/A/?Q=1&q=3')
  })

  test('loses what the owner excludes, by name, with a star or by an expression', () => {
    const excludedParameters = ['Token', 'my_*', '*hash', '/^x.$/', 'a b', '/(/']
    expect(
      kept('https://example.org/?token=1&TOKEN=2&my_a=3&my_=4&urlhash=5&hashes=6&X1=7&xyz=9&token[]=8', {
        excludedParameters,
      }),
    ).toBe('example.org/?hashes=6&xyz=9')
    expect(excludedParameters.map((entry) => excludedParameterError(entry) === undefined)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
    ])
  })

  test('reads parameters in the matrix spelling', () => {
    expect(kept('https://example.org/a;b=1;c=2')).toBe('example.org/a?b=1&c=2')
    expect(kept('https://example.org/a.jsp;jsessionid=77?x=1')).toBe('example.org/a.jsp?x=1')
    expect(kept('https://example.org/a;b/c')).toBe('example.org/a;b/c')
  })

  test('loses its fragment, unless the site keeps it', () => {
    expect(kept('https://example.org/a?b=1#part')).toBe('example.org/a?b=1')
    expect(kept('https://example.org/a#')).toBe('example.org/a')
    expect(kept('https://example.org/a#', { keepFragment: true })).toBe('example.org/a')
    expect(kept('https://example.org/a#part', { keepFragment: true })).toBe('example.org/a#part')
    expect(kept('https://example.org/#/shop?sid=1&x=2', { keepFragment: true })).toBe(
      'example.org/#/shop?x=2',
    )
    expect(kept('https://example.org/#gclid=1&x=2', { keepFragment: true })).toBe('example.org/#x=2')
  })

  test('is one line of 1024 bytes at most, and never ends within a character', () => {
    expect(kept(' https://example.org/\n\u0000a ')).toBe('example.org/a')
    expect(kept(`http://example.org/${'ä'.repeat(2000)}`)).toBe(`example.org/${'ä'.repeat(502)}`)
    expect(kept(`http://example.org/${'%C3%A4'.repeat(500)}`)).toMatch(/%[0-9A-F]{2}$/)
  })

  test('is the same when it is normalised again', () => {
    const piece = fc.constantFrom(
      ...[
        'http://',
        'https://www.',
        '//',
        'app:',
        '/',
        '?',
        '&',
        ';',
        '=',
        '#',
        '%',
        '%2',
        '@',
        ':',
        '\\',
        ' ',
        '\n',
      ],
      ...['a', 'www.', 'Ä', '😀', 'sid=', 'utm_source=x', '[', ']', '..', 'x'.repeat(300)],
    )
    const url = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 25 }).map((pieces) => pieces.join('')),
      fc.array(piece, { maxLength: 25 }).map((pieces) => `https://example.org${pieces.join('')}`),
      fc.webUrl({ withQueryParameters: true, withFragments: true }),
    )
    fc.assert(
      fc.property(url, fc.boolean(), (raw, keepFragment) => {
        const settings = { keepFragment, excludedParameters: [] }
        const page = normaliseUrl(raw, settings)
        if (!page) return
        expect(Buffer.byteLength(page.url)).toBeLessThanOrEqual(1024)
        expect(normaliseUrl(absoluteUrl(page.url, page.prefix), settings)).toEqual(page)
      }),
      { numRuns: 2000 },
    )
  })
})

test('a download or outlink is kept whole, but for credentials', () => {
  expect(targetUrl('https://u:p@Www.Example.org/a;v=1?utm_source=x&sid=2#part')).toBe(
    'https://www.example.org/a;v=1?utm_source=x&sid=2#part',
  )
  expect(targetUrl('javascript://x')).toBe('')
})

test('a title is one line', () => {
  expect(normaliseTitle('  Home\r\npage\u0000 ')).toBe('Home page')
  expect(normaliseTitle('x'.repeat(3000))).toHaveLength(1024)
})

describe('a campaign', () => {
  test.each([
    ['https://e.org/?utm_campaign=Summer%20Sale&utm_term=Red+Shoes', 'summer sale', 'red shoes', false],
    ['https://e.org/?utm_source=news', 'news', '', true],
    ['https://e.org/?utm_source=news&utm_medium=mail', 'news', '', false],
    ['https://e.org/?utm_medium=mail', 'mail', '', false],
    ['https://e.org/?utm_source=s&utm_campaign=c&pk_campaign=p', 'p', '', false],
    ['https://e.org/?utm_campaign=&utm_source=s', 's', '', true],
    ['https://e.org/#utm_campaign=c&utm_term=k', 'c', 'k', false],
    ['https://e.org/?utm_campaign=c#mtm_keyword=k', 'c', 'k', false],
    ['https://e.org/#/page?mtm_campaign=c', 'c', '', false],
    ['https://e.org/?MTM_CAMPAIGN=C', 'c', '', false],
    ['https://e.org/?utm_campaign=%E4', '%e4', '', false],
  ])('is named by %s', (url, name, keyword, sourceOnly) => {
    expect(campaignOf(url)).toEqual({ name, keyword, sourceOnly })
  })

  test('may be named by the request instead', () => {
    expect(campaignOf('https://e.org/', { utm_campaign: 'Mail', utm_term: 'x' })).toEqual({
      name: 'mail',
      keyword: 'x',
      sourceOnly: false,
    })
    expect(campaignOf('https://e.org/?mtm_campaign=page', { utm_campaign: 'mail' })?.name).toBe('page')
  })

  test('is not named by a keyword alone', () => {
    expect(campaignOf('https://e.org/?utm_term=shoes')).toBeUndefined()
    expect(campaignOf('https://e.org/utm_campaign=x')).toBeUndefined()
  })

  test('has a name of 255 characters at most', () => {
    expect(campaignOf(`https://e.org/?utm_campaign=${'x'.repeat(400)}`)?.name).toHaveLength(255)
  })
})

describe('a search on the site', () => {
  const settings = { searchParameters: ['q', 's'], searchCategoryParameters: ['cat'] }

  test('is told by its address', () => {
    expect(siteSearchOf('https://e.org/find?x=1&q=Red+shoes&cat=Women&search_count=7#top', settings)).toEqual(
      {
        keyword: 'Red shoes',
        category: 'Women',
        count: 7,
        url: 'https://e.org/find?x=1#top',
      },
    )
    expect(siteSearchOf('https://e.org/?S=x', settings)).toEqual({
      keyword: 'x',
      category: '',
      count: -1,
      url: 'https://e.org/',
    })
    expect(siteSearchOf('https://e.org/#/find?q=a&y=1', settings)).toEqual({
      keyword: 'a',
      category: '',
      count: -1,
      url: 'https://e.org/#/find?y=1',
    })
    expect(siteSearchOf('https://e.org/?q=x&search_count=-3', settings)?.count).toBe(-1)
  })

  test.each([
    ['windows-1252', 'caf%E9+noir', 'café noir'],
    ['windows-1251', '%F8%E0%EF%EA%E0', 'шапка'],
    ['shift_jis', '%83e%83X%83g', 'テスト'],
    ['windows-1252', 'café', 'café'],
    ['windows-1252', '100%', '100%'],
  ])('is read in the charset of its page: %s, %s', (charset, sent, keyword) => {
    expect(siteSearchOf(`https://e.org/?q=${sent}`, settings, charset)?.keyword).toBe(keyword)
  })

  test('needs something to search for', () => {
    expect(siteSearchOf('https://e.org/?q=&cat=x', settings)).toBeUndefined()
    expect(siteSearchOf('https://e.org/?x=1', settings)).toBeUndefined()
    expect(
      siteSearchOf('https://e.org/?q=1', { searchParameters: [], searchCategoryParameters: [] }),
    ).toBeUndefined()
  })
})

test('a page can ask for its referrer to be passed over', () => {
  expect(ignoresReferrer('https://e.org/?ignore_referrer=1')).toBe(true)
  expect(ignoresReferrer('https://e.org/?a=1&ignore_referer=1')).toBe(true)
  expect(ignoresReferrer('https://e.org/?ignore_referrer=0')).toBe(false)
  expect(ignoresReferrer('https://e.org/?x=ignore_referrer')).toBe(false)
})

test('no text is too odd to be looked at', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string().map((tail) => `https://e.org/?utm_campaign=${tail}`),
  )
  fc.assert(
    fc.property(text, (raw) => {
      normaliseUrl(raw, plain)
      normaliseTitle(raw)
      targetUrl(raw)
      campaignOf(raw)
      siteSearchOf(raw, { searchParameters: ['q'], searchCategoryParameters: [] })
      ignoresReferrer(raw)
      excludedParameterError(raw)
    }),
  )
})
