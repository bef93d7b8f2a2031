import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Referrer, type ReferrerQuestion, referrer } from '../../../server/enrich/referrer.ts'

const direct: Referrer = { type: 'direct', name: '', keyword: '', url: '' }
const siteUrls = ['https://shop.example', 'https://www.example.org/shop']

function from(referrerUrl: string, question: Partial<ReferrerQuestion> = {}): Referrer {
  return referrer({ pageUrl: 'https://shop.example/a', referrerUrl, siteUrls, ...question })
}

describe('a visit is direct', () => {
  test.each([
    '',
    'not an address',
    'javascript://x',
    'https://shop.example/b',
    'http://WWW.shop.example/b?q=1',
    'https://example.org/shop',
    'https://www.example.org/Shop/cart',
  ])('from "%s"', (url) => {
    expect(from(url)).toEqual(direct)
  })

  test('from the host of the page itself, wherever that is', () => {
    expect(from('https://mirror.example/x', { pageUrl: 'https://www.mirror.example/y' })).toEqual(direct)
  })

  test('where the page asks for its referrer to be passed over', () => {
    const pageUrl = 'https://shop.example/?utm_campaign=c&ignore_referrer=1'
    expect(from('https://www.google.com/', { pageUrl })).toEqual(direct)
  })
})

describe('a visit comes from a website', () => {
  test.each([
    ['https://Blog.Example.com/post?id=1', 'blog.example.com', 'https://blog.example.com/post?id=1'],
    ['https://www.blog.example/', 'www.blog.example', 'https://www.blog.example/'],
    ['https://www.example.org/other', 'www.example.org', 'https://www.example.org/other'],
    ['https://www.example.org/shopping', 'www.example.org', 'https://www.example.org/shopping'],
    ['https://notfacebook.com/', 'notfacebook.com', 'https://notfacebook.com/'],
    ['https://facebook.com.evil.example/', 'facebook.com.evil.example', 'https://facebook.com.evil.example/'],
    ['https://mail.google.com/mail/u/0/', 'mail.google.com', 'https://mail.google.com/mail/u/0/'],
    ['https://www.google.com/maps/place/x', 'www.google.com', 'https://www.google.com/maps/place/x'],
  ])('%s', (url, name, stored) => {
    expect(from(url)).toEqual({ type: 'website', name, keyword: '', url: stored })
  })

  test('whose address loses credentials, fragment, click ids and what the owner excludes', () => {
    const url = 'https://u:p@blog.example/post?id=1&fbclid=2&utm_source=x&token=3#comments'
    expect(from(url, { excludedParameters: ['token'] }).url).toBe('https://blog.example/post?id=1')
  })

  test('whose address is cut at 1500 bytes', () => {
    expect(from(`https://blog.example/${'ä'.repeat(2000)}`).url).toHaveLength(21 + 739)
  })
})

describe('a visit comes by search', () => {
  test.each([
    ['https://www.google.com/', 'Google', '', 'https://www.google.com/'],
    [
      'https://www.google.co.uk/search?q=Red+Shoes&ei=x&ved=y',
      'Google',
      'red shoes',
      'https://www.google.co.uk/search?q=Red+Shoes',
    ],
    [
      'https://www.google.de/url?sa=t&url=https%3A%2F%2Fshop.example',
      'Google',
      '',
      'https://www.google.de/url',
    ],
    ['https://www.google.com.br/imgres?imgurl=x', 'Google Images', '', 'https://www.google.com.br/imgres'],
    ['https://www.google.com/search?q=x&tbm=isch', 'Google Images', 'x', 'https://www.google.com/search?q=x'],
    [
      'https://www.bing.com/search?q=B%C3%BCcher',
      'Bing',
      'bücher',
      'https://www.bing.com/search?q=B%C3%BCcher',
    ],
    ['https://duckduckgo.com/', 'DuckDuckGo', '', 'https://duckduckgo.com/'],
    ['https://de.search.yahoo.com/search?p=x', 'Yahoo!', 'x', 'https://de.search.yahoo.com/search?p=x'],
    [
      'https://yandex.ru/search/?text=%D1%87%D0%B0%D0%B9',
      'Yandex',
      'чай',
      'https://yandex.ru/search/?text=%D1%87%D0%B0%D0%B9',
    ],
    ['https://www.baidu.com/link?wd=x', 'Baidu', 'x', 'https://www.baidu.com/link?wd=x'],
    ['https://www.ecosia.org/search?q=tree', 'Ecosia', 'tree', 'https://www.ecosia.org/search?q=tree'],
    [
      'https://m.search.naver.com/search.naver?query=x',
      'Naver',
      'x',
      'https://m.search.naver.com/search.naver?query=x',
    ],
    [
      'android-app://com.google.android.googlequicksearchbox/',
      'Google',
      '',
      'android-app://com.google.android.googlequicksearchbox/',
    ],
  ])('%s', (url, name, keyword, stored) => {
    expect(from(url)).toEqual({ type: 'search', name, keyword, url: stored })
  })
})

describe('a visit comes from a social network', () => {
  test.each([
    [
      'https://l.facebook.com/l.php?u=https%3A%2F%2Fshop.example&h=secret',
      'Facebook',
      'https://l.facebook.com/l.php',
    ],
    ['https://t.co/abc', 'X', 'https://t.co/abc'],
    ['https://x.com/someone/status/1', 'X', 'https://x.com/someone/status/1'],
    ['https://www.youtube.com/watch?v=1&t=3s', 'YouTube', 'https://www.youtube.com/watch?v=1'],
    ['https://old.reddit.com/r/shoes/', 'Reddit', 'https://old.reddit.com/r/shoes/'],
    ['https://de.pinterest.com/pin/1', 'Pinterest', 'https://de.pinterest.com/pin/1'],
    ['https://www.pinterest.de/', 'Pinterest', 'https://www.pinterest.de/'],
    ['android-app://com.linkedin.android/', 'LinkedIn', 'android-app://com.linkedin.android/'],
    ['https://news.ycombinator.com/item?id=1', 'Hacker News', 'https://news.ycombinator.com/item?id=1'],
  ])('%s', (url, name, stored) => {
    expect(from(url)).toEqual({ type: 'social', name, keyword: '', url: stored })
  })
})

describe('a visit comes from an AI assistant', () => {
  test.each([
    ['https://chatgpt.com/c/private-conversation', 'ChatGPT', 'https://chatgpt.com'],
    ['https://claude.ai/chat/private', 'Claude', 'https://claude.ai'],
    ['https://www.perplexity.ai/search/private?q=x', 'Perplexity', 'https://www.perplexity.ai'],
    ['https://gemini.google.com/', 'Gemini', 'https://gemini.google.com'],
    ['https://copilot.microsoft.com/', 'Microsoft Copilot', 'https://copilot.microsoft.com'],
    ['https://www.bing.com/chat?q=x', 'Microsoft Copilot', 'https://www.bing.com/chat'],
    ['https://x.com/i/grok?conversation=1', 'Grok', 'https://x.com/i/grok'],
    ['https://chat.deepseek.com/', 'DeepSeek', 'https://chat.deepseek.com'],
  ])('%s, of which no conversation is kept', (url, name, stored) => {
    expect(from(url)).toEqual({ type: 'ai', name, keyword: '', url: stored })
  })

  test('that only signs its links', () => {
    const pageUrl = 'https://shop.example/?utm_source=chatgpt.com'
    expect(from('', { pageUrl })).toEqual({ type: 'ai', name: 'ChatGPT', keyword: '', url: '' })
    expect(from('https://chatgpt.com/', { pageUrl }).url).toBe('https://chatgpt.com')
    expect(from('', { pageUrl: 'https://shop.example/?utm_source=perplexity' }).name).toBe('Perplexity')
  })

  test('but not where an owner names it in a campaign', () => {
    const pageUrl = 'https://shop.example/?utm_source=chatgpt.com&utm_medium=cpc'
    expect(from('', { pageUrl })).toEqual({ type: 'campaign', name: 'chatgpt.com', keyword: '', url: '' })
  })
})

describe('a visit comes by a campaign', () => {
  test('whatever else its referrer is, which tells the keyword where the campaign does not', () => {
    const pageUrl = 'https://shop.example/?utm_campaign=Spring'
    expect(from('', { pageUrl })).toEqual({ type: 'campaign', name: 'spring', keyword: '', url: '' })
    expect(from('https://www.bing.com/search?q=Shoes', { pageUrl })).toEqual({
      type: 'campaign',
      name: 'spring',
      keyword: 'shoes',
      url: 'https://www.bing.com/search?q=Shoes',
    })
    expect(from('https://blog.example/post', { pageUrl })).toEqual({
      type: 'campaign',
      name: 'spring',
      keyword: 'blog.example',
      url: 'https://blog.example/post',
    })
    expect(from('https://shop.example/b', { pageUrl }).keyword).toBe('')
    expect(from('https://blog.example/', { pageUrl: `${pageUrl}&utm_term=Red` }).keyword).toBe('red')
  })

  test("of Google's advertisements, where they name the page on which they stood", () => {
    const ad = 'https://googleads.g.doubleclick.net/pagead/ads?client=1&url=https%3A%2F%2FBlog.example%2Fpost'
    expect(from(ad)).toMatchObject({ type: 'campaign', name: 'adwords', keyword: '(adwords) blog.example' })
    expect(from(ad, { pageUrl: 'https://shop.example/?utm_campaign=Spring' })).toMatchObject({
      type: 'campaign',
      name: 'spring',
      keyword: '(adwords) blog.example',
    })
    expect(from(ad, { pageUrl: 'https://shop.example/?utm_campaign=Spring&utm_term=Red' }).keyword).toBe(
      'red',
    )
    expect(from('https://googleads.g.doubleclick.net/pagead/ads?client=1').type).toBe('website')
  })

  test('that the fragment of the address completes, where the query does not name all', () => {
    const named = (pageUrl: string) => {
      const { type, name, keyword } = from('', { pageUrl })
      return { type, name, keyword }
    }
    const campaign = { type: 'campaign', name: 'spring', keyword: 'red' }
    expect(named('https://shop.example/?utm_campaign=Spring#utm_term=Red')).toEqual(campaign)
    expect(named('https://shop.example/?utm_term=Red#utm_campaign=Spring')).toEqual(campaign)
    expect(
      named('https://shop.example/?mtm_campaign=Spring&mtm_kwd=Red#mtm_campaign=Other&mtm_kwd=x'),
    ).toEqual(campaign)
  })

  test('that the request names', () => {
    expect(from('', { parameters: { mtm_campaign: 'Mail' } })).toEqual({
      type: 'campaign',
      name: 'mail',
      keyword: '',
      url: '',
    })
  })
})

test('any pair of texts has an answer', () => {
  const url = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
  )
  fc.assert(
    fc.property(url, url, (pageUrl, referrerUrl) => {
      const found = referrer({ pageUrl, referrerUrl, siteUrls: [pageUrl] })
      expect(found.url === '').toBe(found.type === 'direct')
      expect(Buffer.byteLength(found.url)).toBeLessThanOrEqual(1500)
    }),
  )
})
