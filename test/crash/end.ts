// What must be true of a data folder at the end, when the service has been stopped: each acknowledged hit is there
// once, visits and hits agree, no visit was broken in two by a restart, and a crash has left nothing lying about.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Store } from '../../server/store/store.ts'
import { openStore } from '../world/store.ts'
import { type Ledger, numberOf, type Verdict } from './ledger.ts'

/** Numbers asked for in one query. */
const chunk = 200_000

/** Facts that hold for no row in a sound store, each with a query that counts the rows for which they do. */
const unsound: Record<string, string> = {
  'visits do not have the hits that the table of hits has for them': `
    SELECT count() AS rows FROM
      (SELECT site_id, visit_id, count() AS n, max(position) AS last FROM hits GROUP BY site_id, visit_id) AS h
      FULL JOIN (SELECT site_id, visit_id, hits AS n, last_position AS last FROM visit) AS v
      ON h.site_id = v.site_id AND h.visit_id = v.visit_id
    WHERE h.n != v.n OR h.last != v.last`,
  'hits have the visit and the position of another': `
    SELECT count() AS rows FROM
      (SELECT 1 FROM hits WHERE position < 65535 GROUP BY site_id, visit_id, position HAVING count() > 1)`,
  'visitors who never paused have more than one visit': `
    SELECT count() AS rows FROM
      (SELECT 1 FROM hits GROUP BY site_id, visitor_id HAVING uniqExact(visit_id) > 1)`,
  'visits have changed their entry page, their beginning or their number': `
    SELECT count() AS rows FROM
      (SELECT 1 FROM hits GROUP BY site_id, visit_id
       HAVING uniqExact(entry_url) > 1 OR uniqExact(visit_time) > 1 OR uniqExact(visit_number) > 1)`,
  'hits are left of years that are final': `
    SELECT count() AS rows FROM hits WHERE toYear(day) IN (SELECT year FROM years)`,
  'visits are left of years that are final': `
    SELECT count() AS rows FROM visits WHERE toYear(day) IN (SELECT year FROM years)`,
}

export async function inspect(
  data: string,
  ledger: Ledger,
): Promise<{ verdict: Verdict; problems: string[] }> {
  const problems = litter(data)
  const { store } = await openStore(data)
  try {
    for (const [fact, sql] of Object.entries(unsound)) {
      const [counted] = await store.query<{ rows: number }>(sql)
      if (counted?.rows !== 0) problems.push(`${counted?.rows} ${fact}`)
    }
    const verdict = ledger.compare(await findHits(store, ledger.sent))
    if (verdict.lost + verdict.doubled > 0)
      problems.push(`${verdict.lost} hits lost and ${verdict.doubled} doubled, such as ${verdict.examples}`)
    return { verdict, problems }
  } finally {
    await store.close()
  }
}

/** What is in the journal when all hits should be in the store. */
export function segments(data: string): string[] {
  return readdirSync(join(data, 'journal')).filter((name) => name !== 'rejected')
}

function litter(data: string): string[] {
  const left = segments(data)
  const rejected = join(data, 'journal', 'rejected')
  const setAside = existsSync(rejected) ? readdirSync(rejected) : []
  return [
    ...(left.length > 0 ? [`${left.length} files are left in the journal: ${left}`] : []),
    ...(setAside.length > 0
      ? [`${setAside.length} files were set aside in journal/rejected: ${setAside}`]
      : []),
  ]
}

async function findHits(store: Store, sent: number): Promise<Uint8Array> {
  const found = new Uint8Array(sent)
  for (let from = 0; from < sent; from += chunk) {
    const [part] = await store.query<{ urls: string[]; times: number[] }>(
      `SELECT groupArray(url) AS urls, groupArray(times) AS times FROM
         (SELECT url, least(count(), 255) AS times FROM hits
          WHERE toUInt32OrZero(splitByChar('/', url)[-1]) BETWEEN {from:UInt32} AND {to:UInt32} GROUP BY url)`,
      { from, to: from + chunk - 1 },
    )
    for (const [index, url] of (part?.urls ?? []).entries()) found[numberOf(url)] = part?.times[index] ?? 0
  }
  return found
}
