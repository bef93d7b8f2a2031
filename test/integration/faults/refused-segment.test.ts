// A segment that ClickHouse refuses: it is set aside with the reason, told on the health page and in the log, later
// segments go on, and it is shipped again when a person has mended it.
// With the embedded engine only, whose data lies in the same folder.

import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { onServer } from '../../world/clickhouse-server.ts'
import { run, serve } from '../../world/process.ts'
import { hit } from '../../world/store.ts'
import { eachOnItsOwnData, exactly, health, segments, sendPage, stored } from './numbered-pages.ts'

const world = eachOnItsOwnData()

// In no year that is over: it might be made final meanwhile.
const noon = Date.UTC(2099, 10, 20, 12) / 1000
const refused = '000000000001-0123456789ab.jsonl'

function row(page: number, further: object = {}): string {
  const facts = { time: noon + page, visit_id: String(page), position: page, url: `example.org/${page}` }
  return `${JSON.stringify({ ...hit(facts), ...further })}\n`
}

function leave(name: string, content: string): void {
  mkdirSync(join(world.data.folder, 'journal'), { recursive: true })
  writeFileSync(join(world.data.folder, 'journal', name), content)
}

const rejected = () => join(world.data.folder, 'journal', 'rejected')
const journal = (...args: string[]) => run(['journal', ...args], { FOOTFALL_DATA: world.data.folder })

const bad = row(2, { time: 'a secret at noon' })

test.skipIf(onServer)('A refused segment is set aside with the reason, and later ones go on', async () => {
  leave(refused, row(1) + bad + row(3))
  leave('000000000002-0123456789ab.jsonl', row(4))
  world.running = await serve(world.data.folder)
  const { url } = world.running
  await sendPage(url, 5)
  await expect.poll(async () => (await health(url)).body.journal.backlogHits).toBe(0)

  // Hits are kept all the same: a load balancer must not take the service for dead.
  expect(await health(url)).toMatchObject({
    status: 200,
    body: {
      status: 'degraded',
      journal: {
        rejectedSegments: 1,
        rejected: [{ name: refused, hits: 3, reason: expect.stringMatching(/^CANNOT_\w+ \(\d+\)$/) }],
      },
    },
  })
  expect(world.running.output()).toContain(`ClickHouse refuses segment ${refused}, it was set aside: `)
  expect(world.running.output()).not.toContain('a secret at noon')
  expect(readFileSync(join(rejected(), refused), 'utf8')).toBe(row(1) + bad + row(3))
  const reason = join(rejected(), refused.replace('.jsonl', '.reason.txt'))
  expect(readFileSync(reason, 'utf8')).toMatch(/^CANNOT_\w+ \(\d+\)\n\n/)
  // It quotes the line.
  expect(statSync(reason).mode & 0o077).toBe(0)

  await world.running.kill()
  expect(await stored(world.data)).toEqual(exactly([4, 5]))
})

test.skipIf(onServer)(
  'footfall journal retry ships it again when it was mended, in the running service, and every hit is counted once',
  async () => {
    leave(refused, row(1) + bad + row(3))
    world.running = await serve(world.data.folder)
    await sendPage(world.running.url, 4)

    const status = await journal()
    expect(status.code).toBe(0)
    expect(status.stdout).toContain(`Refused: 1 segment in ${rejected()}\n  ${refused}  3 hits, `)
    expect(status.stdout).not.toContain('a secret at noon')

    const again = await journal('retry')
    expect(again.stdout).toMatch(
      /^000000000001-0123456789ab\.jsonl: refused again: CANNOT_\w+ \(\d+\)\nRefused again: 1 of 1 segment\.\n$/,
    )
    expect(again.code).toBe(1)
    expect(readFileSync(join(rejected(), refused), 'utf8')).toBe(row(1) + bad + row(3))

    writeFileSync(join(rejected(), refused), row(1) + row(2) + row(3))
    const mended = await journal('retry')
    expect(mended).toMatchObject({ code: 0, stdout: `${refused}: shipped\n` })
    expect(await health(world.running.url)).toMatchObject({ body: { journal: { rejectedSegments: 0 } } })
    expect(existsSync(join(rejected(), refused))).toBe(false)
    expect(existsSync(join(rejected(), refused.replace('.jsonl', '.reason.txt')))).toBe(false)

    await world.running.kill()
    expect(segments(world.data)).toEqual([])
    expect(await stored(world.data)).toEqual(exactly([1, 2, 3, 4]))
  },
)

test.skipIf(onServer)(
  'What was refused is known after a restart, and retried without a running service',
  async () => {
    leave(refused, row(1) + bad)
    world.running = await serve(world.data.folder)
    await world.running.kill('SIGKILL')
    world.running = await serve(world.data.folder)
    expect(await health(world.running.url)).toMatchObject({ body: { journal: { rejectedSegments: 1 } } })
    await world.running.kill()

    // Half of it came in by another way meanwhile: only the rest is counted.
    leave('000000000009-0123456789ab.jsonl', row(1))
    writeFileSync(join(rejected(), refused), row(1) + row(2))
    expect(await journal('retry')).toMatchObject({ code: 0, stdout: `${refused}: shipped\n` })
    expect(await stored(world.data)).toEqual(exactly([1, 2]))
  },
)

const hostile: [string, object][] = [
  ['a text for a number', { position: 'first' }],
  ['a negative number', { position: -1 }],
  ['a column that does not exist', { colour: 'red' }],
  ['a text for a list', { techniques: 'cookies' }],
]

test.skipIf(onServer).each(hostile)(
  'A row with %s is refused, and never kept in another shape',
  async (_, what) => {
    leave(refused, row(1) + row(2, what))
    leave('000000000002-0123456789ab.jsonl', row(4))
    world.running = await serve(world.data.folder)
    expect(await health(world.running.url)).toMatchObject({
      body: { journal: { rejectedSegments: 1, backlogHits: 0 } },
    })
    await world.running.kill()
    expect(await stored(world.data)).toEqual(exactly([4]))
  },
)
