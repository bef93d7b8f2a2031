import { expect, test, vi } from 'vitest'
import { askedAnew, askedBy, NobodyAsks, NoTurn, OutOfTime, Turns } from '../../../server/store/turns.ts'

/** Work that ends when it is told to. */
function work() {
  let resolve: (value: string) => void = () => {}
  const promise = new Promise<string>((done) => {
    resolve = done
  })
  return { promise, resolve: (value: string) => resolve(value), work: () => promise }
}

const patient = { within: 60_000, time: 60_000, mostWaiting: 10 }

test('Only so many are at work at once; the others follow in the order in which they came', async () => {
  const turns = new Turns({ atOnce: 1, ...patient })
  const begun: string[] = []
  const first = work()
  const take = (name: string, until: Promise<string>) =>
    turns.take(() => {
      begun.push(name)
      return until
    })
  const all = [take('a', first.promise), take('b', Promise.resolve('b')), take('c', Promise.resolve('c'))]
  await Promise.resolve()
  expect(begun).toEqual(['a'])
  first.resolve('a')
  expect(await Promise.all(all)).toEqual(['a', 'b', 'c'])
  expect(begun).toEqual(['a', 'b', 'c'])
})

test('A turn is given back by work that fails', async () => {
  const turns = new Turns({ atOnce: 1, ...patient })
  await expect(turns.take(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed')
  expect(await turns.take(async () => 'next')).toBe('next')
})

test('Nobody waits longer than is allowed, nor behind too many', async () => {
  const turns = new Turns({ atOnce: 1, within: 5, time: 60_000, mostWaiting: 1 })
  const long = work()
  const first = turns.take(long.work)
  const second = turns.take(async () => 'second')
  await expect(turns.take(async () => 'third')).rejects.toBeInstanceOf(NoTurn)
  await expect(second).rejects.toBeInstanceOf(NoTurn)
  long.resolve('first')
  expect(await first).toBe('first')
  expect(await turns.take(async () => 'fourth')).toBe('fourth')
})

test('Who goes away while waiting leaves the turn to the next', async () => {
  const turns = new Turns({ atOnce: 1, ...patient })
  const long = work()
  const gone = new AbortController()
  const first = turns.take(long.work)
  const second = askedBy(gone.signal, () => turns.take(async () => 'second'))
  const third = turns.take(async () => 'third')
  gone.abort()
  await expect(second).rejects.toBeInstanceOf(NobodyAsks)
  long.resolve('first')
  expect(await Promise.all([first, third])).toEqual(['first', 'third'])
  await expect(askedBy(gone.signal, () => turns.take(async () => 'late'))).rejects.toBeInstanceOf(NobodyAsks)
})

test('All that one asker asks has the time of one question, from when its first turn comes', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  const turns = new Turns({ atOnce: 1, within: 60_000, time: 1000, mostWaiting: 10 })
  const [others, first] = [work(), work()]
  const before = turns.take(others.work)
  await askedBy(new AbortController().signal, async () => {
    const left: number[] = []
    const one = turns.take((turn) => {
      left.push(turn.left)
      return first.work()
    })
    const two = expect(turns.take(async () => 'two')).rejects.toBeInstanceOf(OutOfTime)
    // What it waits for others is not its own time.
    await vi.advanceTimersByTimeAsync(5000)
    others.resolve('others')
    await before
    await vi.advanceTimersByTimeAsync(1000)
    await two
    first.resolve('one')
    expect([await one, left]).toEqual(['one', [1000]])
    await expect(turns.take(async () => 'three')).rejects.toBeInstanceOf(OutOfTime)
    expect(await askedAnew(() => turns.take(async () => 'four'))).toBe('four')
  })
  vi.useRealTimers()
})

test('Whose time runs already goes before those who only begin', async () => {
  const turns = new Turns({ atOnce: 1, ...patient })
  const first = work()
  const ended: string[] = []
  const take = async (name: string, until = Promise.resolve(name)) => {
    await turns.take(() => until)
    ended.push(name)
  }
  await askedBy(new AbortController().signal, async () => {
    const begun = take('first', first.promise)
    const others = [asking(() => take('other')), asking(() => take('another'))]
    const second = take('second')
    first.resolve('first')
    await Promise.all([begun, second, ...others])
  })
  expect(ended).toEqual(['first', 'second', 'other', 'another'])
})

/** As somebody else. */
function asking<T>(ask: () => T): T {
  return askedBy(new AbortController().signal, ask)
}
