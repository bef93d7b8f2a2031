// What a process that was killed, or a power loss, may leave at the end of the last segment: nothing half-written is
// ever read as a hit, and every whole line before it is.
// With the embedded engine only, whose data lies in the same folder.

import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { onServer } from '../../world/clickhouse-server.ts'
import { serve } from '../../world/process.ts'
import { hit } from '../../world/store.ts'
import { eachOnItsOwnData, exactly, health, segments, sendPage, stored } from './numbered-pages.ts'

const world = eachOnItsOwnData()

const name = '000000000007-0123456789ab.jsonl'
// In no year that is over: it might be made final meanwhile.
const noon = Date.UTC(2099, 10, 20, 12) / 1000

function line(page: number): string {
  const row = hit({
    time: noon + page,
    visit_id: '11',
    position: page,
    url: `example.org/${page}`,
    title: 'Größe 👋',
  })
  return `${JSON.stringify(row)}\n`
}

/** Three good lines in the journal, and what follows them. */
function leave(tail: string | Buffer): void {
  mkdirSync(join(world.data.folder, 'journal'), { recursive: true })
  const path = join(world.data.folder, 'journal', name)
  writeFileSync(path, [1, 2, 3].map(line).join(''))
  appendFileSync(path, tail)
}

const half = Buffer.from(line(4))
const emoji = half.indexOf(Buffer.from('👋'))

const neverAnswered: [string, string | Buffer][] = [
  ['half a line', half.subarray(0, 200)],
  ['a line that is cut within a character', half.subarray(0, emoji + 2)],
  ['a line that lacks only its newline', half.subarray(0, -1)],
  ['a page of zero bytes', Buffer.alloc(4096)],
  ['half a line and a page of zero bytes', Buffer.concat([half.subarray(0, 200), Buffer.alloc(4096)])],
]

test.skipIf(onServer).each(neverAnswered)(
  'After good lines %s: the good lines are counted, the rest is gone',
  async (_, tail) => {
    leave(tail)
    world.running = await serve(world.data.folder)
    expect(segments(world.data)).toEqual([])
    expect((await health(world.running.url)).body.journal).toMatchObject({
      rejectedSegments: 0,
      backlogHits: 0,
    })
    await sendPage(world.running.url, 5)
    await world.running.kill()
    expect(await stored(world.data)).toEqual(exactly([1, 2, 3, 5]))
    expect(existsSync(join(world.data.folder, 'journal', 'rejected'))).toBe(false)
  },
)

const unreadable: [string, string][] = [
  ['garbage with a newline', `${line(4).slice(0, 200)}\u0000\u0000\n`],
  ['a broken line before a whole one', `${line(4).slice(0, 200)}\n${line(6)}`],
  ['a line of another file', `<html lang="en">\n`],
  ['a number', '42\n'],
]

test.skipIf(onServer).each(unreadable)(
  'After good lines %s: the good lines are counted, the rest is kept to be looked at',
  async (_, tail) => {
    leave(tail)
    world.running = await serve(world.data.folder)
    expect(segments(world.data)).toEqual([])
    expect(world.running.output()).toContain(`Segment ${name} ends in lines that cannot be read`)
    await sendPage(world.running.url, 5)
    await world.running.kill()
    expect(await stored(world.data)).toEqual(exactly([1, 2, 3, 5]))
    expect(readFileSync(join(world.data.folder, 'journal', 'rejected', `${name}.tail`), 'utf8')).toBe(tail)
  },
)

test.skipIf(onServer)('A segment without one whole line is no segment', async () => {
  mkdirSync(join(world.data.folder, 'journal'), { recursive: true })
  writeFileSync(join(world.data.folder, 'journal', name), half.subarray(0, 200))
  world.running = await serve(world.data.folder)
  await sendPage(world.running.url, 5)
  await world.running.kill()
  expect(segments(world.data)).toEqual([])
  expect(await stored(world.data)).toEqual(exactly([5]))
})
