// The first start on an empty folder, killed again and again while the schema is made. What comes up at last must
// work as if nothing had happened.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../server/demo/random.ts'
import { run } from '../world/process.ts'
import { ask } from './ask.ts'
import { Ledger, pageOf, type Verdict } from './ledger.ts'
import { firefox } from './load.ts'
import { strike } from './moment.ts'
import { countPages } from './page-counts.ts'
import { killAfter, Service } from './service.ts'

/** Milliseconds that the first start takes, roughly. */
const startTakes = 1500
const hits = 200

export async function killFreshStarts(
  random: Random,
  timezone: string,
): Promise<{ kills: number; verdict: Verdict }> {
  const data = mkdtempSync(join(tmpdir(), 'footfall-crash-'))
  const service = new Service(data)
  try {
    const starts = 2 + random.below(4)
    for (let start = 0; start < starts; start++)
      await service.startAndKill((pid) => killEarly(pid, data, random))
    const { siteId, token } = await setUp(data, timezone)
    await service.start()
    const ledger = await sendSome(service.running.url, siteId)
    await sleep(random.below(1500))
    await service.kill()
    await service.start()
    const asked = { site: siteId, period: 'day', date: 'today' }
    const { found } = await countPages(service.running.url, token, asked, ledger.sent)
    return { kills: starts + 1, verdict: ledger.compare(found) }
  } finally {
    await service.reap()
    rmSync(data, { recursive: true, force: true })
  }
}

async function killEarly(pid: number, data: string, random: Random): Promise<void> {
  if (random.chance(0.5)) await killAfter(pid, random.below(startTakes))
  else await strike({ pid, data, moment: 'table made', delay: random.below(200), within: 2 * startTakes })
}

/** Creates the owner and a site; returns what scripts get. */
export async function setUp(data: string, timezone: string): Promise<{ siteId: number; token: string }> {
  const owner = ['--email', 'crash@example.org', '--password', 'only for this run', '--site-name', 'Crash']
  const site = ['--site-url', 'https://example.org', '--timezone', timezone, '--json']
  const { code, stdout, stderr } = await run(['setup', ...owner, ...site], { FOOTFALL_DATA: data })
  if (code !== 0) throw new Error(`footfall setup ended with ${code}:\n${stdout}${stderr}`)
  return JSON.parse(stdout) as { siteId: number; token: string }
}

async function sendSome(url: string, site: number): Promise<Ledger> {
  const ledger = new Ledger()
  const first = ledger.send(hits)
  const requests = Array.from(
    { length: hits },
    (_, index) => `?${new URLSearchParams({ idsite: String(site), rec: '1', url: pageOf(first + index) })}`,
  )
  const answer = await ask(`${url}/matomo.php`, {
    method: 'POST',
    headers: { 'user-agent': firefox },
    body: JSON.stringify({ requests, send_image: 0 }),
  })
  if (answer.status !== 204) throw new Error(`Hits on a fresh folder were answered ${answer.status}.`)
  for (let number = first; number < first + hits; number++) ledger.acknowledge(number)
  return ledger
}
