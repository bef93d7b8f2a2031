import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Journal, JournalError, type JournalOptions } from '../../../server/journal/journal.ts'
import type { Shipment } from '../../../server/journal/shipper.ts'

let folder: string
let journals: Journal[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'footfall-journal-'))
  journals = []
})

afterEach(async () => {
  for (const journal of journals) await journal.close(0)
  rmSync(folder, { recursive: true, force: true })
})

/** A store that knows tokens, as ClickHouse does; it can be out of order for some attempts. */
function receiver(failures = 0) {
  const received = new Map<string, string>()
  const errors: string[] = []
  let left = failures
  const ship = async ({ path, name: token }: Shipment) => {
    const content = readFileSync(path, 'utf8')
    if (left-- > 0) throw new Error('out of order')
    if (!received.has(token)) received.set(token, content)
  }
  const open = async (options: Partial<JournalOptions> = {}) => {
    const journal = await Journal.open({
      folder,
      ship,
      onError: (message) => errors.push(message),
      ...options,
    })
    journals.push(journal)
    return journal
  }
  return {
    open,
    errors,
    lines: () => [...received.values()].join('').split('\n').filter(Boolean),
    segments: received,
  }
}

test('A line is on disk when its append resolves', async () => {
  const { open } = receiver()
  const journal = await open({ sealAfter: 60_000 })
  await journal.append('{"hit":1}\n')
  const [name = ''] = readdirSync(folder)
  expect(readFileSync(join(folder, name), 'utf8')).toBe('{"hit":1}\n')
  expect(journal.backlog()).toMatchObject({ hits: 1, bytes: 10, segments: 1 })
})

test('Lines arrive in the order in which they were appended, and shipped segments are deleted', async () => {
  const { open, lines } = receiver()
  const journal = await open({ sealBytes: 50 })
  const wanted = Array.from({ length: 200 }, (_, index) => `{"hit":${index}}`)
  await Promise.all(wanted.map((line) => journal.append(`${line}\n`)))
  await journal.drain()
  expect(lines()).toEqual(wanted)
  expect(readdirSync(folder)).toEqual([])
  expect(journal.backlog()).toEqual({ hits: 0, bytes: 0, segments: 0, oldest: undefined })
})

test('Who waits for what was appended does not wait for what is appended meanwhile', async () => {
  let shipped = 0
  const journal = await Journal.open({
    folder,
    sealBytes: 1,
    onError: () => {},
    // There is always another one, until it is clear that somebody waits for it.
    ship: async () => {
      if (++shipped < 50) await journal.append('{"hit":2}\n')
    },
  })
  journals.push(journal)
  await journal.append('{"hit":1}\n')
  await journal.drain()
  expect(shipped).toBeLessThan(10)
  await expect.poll(() => shipped).toBe(50)
})

test('A segment is shipped by itself when it is old enough', async () => {
  const { open, lines } = receiver()
  const journal = await open({ sealAfter: 20 })
  await journal.append('{"hit":1}\n')
  await expect.poll(lines).toEqual(['{"hit":1}'])
})

test('A segment that could not be shipped is tried again until it could, and nothing overtakes it', async () => {
  const { open, lines, errors } = receiver(2)
  const journal = await open()
  await journal.append('{"hit":1}\n')
  const first = journal.drain()
  await journal.append('{"hit":2}\n')
  await first
  await journal.drain()
  expect(lines()).toEqual(['{"hit":1}', '{"hit":2}'])
  expect(errors).toHaveLength(2)
})

test('A segment that can never be read is set aside, and later ones go on', async () => {
  const received: string[] = []
  const errors: string[] = []
  const journal = await Journal.open({
    folder,
    ship: async ({ path }) => {
      const content = readFileSync(path, 'utf8')
      if (content.includes('bad')) throw new Error('cannot parse')
      received.push(content)
    },
    rejection: (error) => (error instanceof Error && error.message === 'cannot parse' ? 'bad' : undefined),
    onError: (message) => errors.push(message),
  })
  journals.push(journal)
  await journal.append('bad\n')
  await journal.drain()
  await journal.append('{"hit":1}\n')
  await journal.drain()
  expect(received).toEqual(['{"hit":1}\n'])
  expect(journal.rejected).toBe(1)
  const [name = ''] = readdirSync(join(folder, 'rejected'))
  expect(readFileSync(join(folder, 'rejected', name), 'utf8')).toBe('bad\n')
  expect(errors).toEqual([`ClickHouse refuses segment ${name}, it was set aside: bad`])
  expect(await journal.rejectedSegments()).toEqual([{ name, hits: 1, bytes: 4, reason: 'bad' }])

  // Refused again it stays; mended by hand it is taken.
  expect(await journal.retryRejected()).toEqual({ shipped: [], rejected: [name] })
  writeFileSync(join(folder, 'rejected', name), '{"hit":0}\n')
  expect(await journal.retryRejected()).toEqual({ shipped: [name], rejected: [] })
  expect(received).toEqual(['{"hit":1}\n', '{"hit":0}\n'])
  expect(await journal.rejectedSegments()).toEqual([])
  expect(readdirSync(join(folder, 'rejected'))).toEqual([])
})

test('Of what a power loss left only whole lines are hits; the rest is kept for a person to look at', async () => {
  const good = '{"hit":1}\n{"hit":2}\n'
  writeFileSync(join(folder, '000000000001-0123456789ab.jsonl'), `${good}{"hi\u0000\u0000\n{"hit":3}\n`)
  const first = receiver()
  await (await first.open()).drain()
  expect(first.lines()).toEqual(['{"hit":1}', '{"hit":2}'])
  expect(readFileSync(join(folder, 'rejected', '000000000001-0123456789ab.jsonl.tail'), 'utf8')).toBe(
    '{"hi\u0000\u0000\n{"hit":3}\n',
  )
  expect(first.errors).toHaveLength(1)

  writeFileSync(
    join(folder, '000000000001-0123456789ab.jsonl'),
    Buffer.concat([Buffer.from(good), Buffer.alloc(4096)]),
  )
  const second = receiver()
  await (await second.open()).drain()
  expect(second.lines()).toEqual(['{"hit":1}', '{"hit":2}'])
  expect(second.errors).toEqual([])
})

test('A segment that somebody deleted is told, and keeps no other waiting', async () => {
  const first = '000000000001-0123456789ab.jsonl'
  writeFileSync(join(folder, first), '{"hit":1}\n')
  const { open, lines, errors } = receiver(1)
  const journal = await open()
  await expect.poll(() => errors.length).toBe(1)
  rmSync(join(folder, first))
  await journal.append('{"hit":3}\n')
  await journal.drain()
  expect(lines()).toEqual(['{"hit":3}'])
  expect(errors.at(-1)).toBe(`Segment ${first} was deleted by somebody else: its 1 hits are lost`)
})

test('Only what may have been sent before is called repeated', async () => {
  for (const sequence of [1, 2, 3])
    writeFileSync(join(folder, `00000000000${sequence}-0123456789ab.jsonl`), `{"hit":${sequence}}\n`)
  const sent: string[] = []
  let failures = 1
  const journal = await Journal.open({
    folder,
    ship: async ({ name, repeated }) => {
      sent.push(`${Number(name.slice(0, 12))} ${repeated}`)
      if (name.startsWith('000000000002') && failures-- > 0) throw new Error('out of order')
    },
    onError: () => {},
  })
  journals.push(journal)
  await journal.drain()
  expect(sent).toEqual(['1 true', '2 false', '2 true', '3 false'])
})

test('While too little of the disk is free no hit is taken, and it is when there is room again', async () => {
  let free = 1000
  const { open, lines, errors } = receiver()
  const journal = await open({ leastFree: 500, freeBytes: async () => free })
  await journal.append('{"hit":1}\n')
  free = 499
  await expect.poll(() => journal.failure).toBe('the disk is full (less than 0 MB free)')
  await expect(journal.append('{"hit":2}\n')).rejects.toThrow(JournalError)
  // What is kept already is shipped all the same.
  await journal.drain()
  expect(lines()).toEqual(['{"hit":1}'])
  free = 500
  await expect.poll(() => journal.failure).toBeUndefined()
  await journal.append('{"hit":3}\n')
  await journal.drain()
  expect(lines()).toEqual(['{"hit":1}', '{"hit":3}'])
  expect(errors).toHaveLength(1)
})

test('More than the disk can follow is refused and does not pile up in memory', async () => {
  const { open, lines } = receiver()
  const journal = await open()
  const line = `${JSON.stringify({ text: 'x'.repeat(1_000_000) })}\n`
  const outcomes = await Promise.allSettled(Array.from({ length: 40 }, () => journal.append(line)))
  const kept = outcomes.filter(({ status }) => status === 'fulfilled').length
  expect(kept).toBeGreaterThan(0)
  expect(kept).toBeLessThan(40)
  await journal.append('{"hit":1}\n')
  await journal.drain()
  expect(lines()).toHaveLength(kept + 1)
})

test('What an earlier process left is shipped first, without a last line that was never finished', async () => {
  const name = '000000000007-0123456789ab.jsonl'
  writeFileSync(join(folder, name), '{"hit":1}\n{"hit":2}\n{"hi')
  const { open, lines, segments } = receiver()
  const journal = await open()
  await journal.append('{"hit":3}\n')
  await journal.drain()
  expect(lines()).toEqual(['{"hit":1}', '{"hit":2}', '{"hit":3}'])
  expect([...segments.keys()][0]).toBe(name)
  expect([...segments.keys()][1]).toMatch(/^000000000008-/)
})

test('A segment that was shipped but not yet deleted when the process died counts once', async () => {
  const { open, lines } = receiver()
  const journal = await open()
  await journal.append('{"hit":1}\n')
  const [name = ''] = readdirSync(folder)
  const content = readFileSync(join(folder, name))
  await journal.drain()
  appendFileSync(join(folder, name), content)
  const next = await open()
  await next.drain()
  expect(lines()).toEqual(['{"hit":1}'])
  expect(readdirSync(folder)).toEqual([])
})

test('A journal whose folder is gone refuses the line, and takes lines again when the folder is back', async () => {
  const { open, lines } = receiver()
  const journal = await open()
  rmSync(folder, { recursive: true })
  await expect(journal.append('{"hit":1}\n')).rejects.toThrow('The journal cannot be written.')
  expect(journal.failure).toBe('ENOENT')
  mkdirSync(folder)
  await expect.poll(() => journal.failure).toBeUndefined()
  await journal.append('{"hit":2}\n')
  await journal.drain()
  expect(lines()).toEqual(['{"hit":2}'])
})

test('A closed journal refuses lines and leaves nothing behind that could be shipped', async () => {
  const { open, lines } = receiver()
  const journal = await open()
  await journal.append('{"hit":1}\n')
  await journal.close()
  await expect(journal.append('{"hit":2}\n')).rejects.toThrow('The journal is closed.')
  expect(lines()).toEqual(['{"hit":1}'])
  expect(readdirSync(folder)).toEqual([])
})
