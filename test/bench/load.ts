// What the benchmarks send: page views of 2,000 visitors, three browsers, 300 pages, as the tracker sends them.

import autocannon, { type Result } from 'autocannon'

const agents = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
]

export const requests = Array.from({ length: 2000 }, (_, index) => ({
  method: 'POST' as const,
  path: '/f',
  headers: {
    'content-type': 'application/x-www-form-urlencoded',
    'user-agent': agents[index % agents.length] ?? '',
    'accept-language': 'de-DE,de;q=0.9,en;q=0.8',
  },
  body: new URLSearchParams({
    idsite: '1',
    rec: '1',
    action_name: `Article ${index % 300}`,
    url: `https://example.org/articles/${index % 300}?page=2`,
    urlref: index % 3 ? 'https://example.org/' : 'https://www.google.com/',
    h: '10',
    m: '20',
    s: '30',
    _id: index.toString(16).padStart(16, 'a'),
    res: '1920x1080',
    cd: '24',
    pdf: '1',
    cookie: '1',
    pv_id: 'a1B2c3',
    send_image: '0',
  }).toString(),
}))

export const connections = 128

/** As many requests as are answered. @throws when an answer is no success */
export async function fire(url: string, seconds: number): Promise<Result> {
  const result = await autocannon({ url, connections, duration: seconds, requests })
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${result.non2xx} answers were no success, ${result.errors} requests failed.`)
  return result
}

export function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}
