import { describe, expect, it } from 'vitest'
import { formatFor } from '../../../dashboard/format.ts'

const english = formatFor('en-GB')
const german = formatFor('de-DE')
/** Spaces of any kind as plain ones. */
const plain = (text: string) => text.replace(/\s/g, ' ')

/** Versions of Unicode's data put different spaces around the dash. */
const sixteenth = /^16\s?–\s?22 Nov 2026$/

describe('numbers', () => {
  it('follow the reader’s language', () => {
    expect(english.count(1234567)).toBe('1,234,567')
    expect(german.count(1234567)).toBe('1.234.567')
  })

  it('small percentages keep a digit, large ones need none', () => {
    expect(english.percent(0.0234)).toBe('2.3%')
    expect(english.percent(0.4567)).toBe('46%')
    expect(plain(german.percent(0.0234))).toBe('2,3 %')
  })

  it.each([
    [0, '0 s'],
    [59.6, '1 min 0 s'],
    [128, '2 min 8 s'],
    [3725, '1 h 2 min'],
  ])('%s seconds are %s', (seconds, text) => {
    expect(plain(english.duration(seconds))).toBe(text)
  })

  it.each([
    [0, '0 ms'],
    [950, '950 ms'],
    [2514, '2.51 s'],
  ])('%s milliseconds are %s', (milliseconds, text) => {
    expect(plain(english.value('milliseconds', milliseconds))).toBe(text)
  })

  it('millions are shortened in a figure and whole in a table', () => {
    expect(english.figure('count', 1_371_234)).toBe('1.371m')
    expect(english.value('count', 1_371_234)).toBe('1,371,234')
    expect(english.figure('count', 999_999)).toBe('999,999')
  })

  it('a change carries its sign', () => {
    const change = { direction: 'up', verdict: 'better' } as const
    expect(english.change({ ...change, amount: 0.254, unit: 'relative' })).toBe('+25%')
    expect(english.change({ ...change, amount: -0.031, unit: 'relative' })).toBe('-3.1%')
    expect(english.change({ ...change, amount: 0.021, unit: 'points' })).toBe('+2.1')
  })
})

describe('dates', () => {
  it('a period is called by what it is', () => {
    expect(english.period({ kind: 'month', from: '2026-11-01', to: '2026-11-30' })).toBe('November 2026')
    expect(english.period({ kind: 'year', from: '2026-01-01', to: '2026-12-31' })).toBe('2026')
    expect(english.period({ kind: 'day', from: '2026-11-22', to: '2026-11-22' })).toBe('Sun, 22 Nov 2026')
    expect(english.period({ kind: 'week', from: '2026-11-16', to: '2026-11-22' })).toMatch(sixteenth)
  })

  it('an hour stands as on the clock of the site, in winter and in summer', () => {
    expect(english.pointShort('2026-11-22T14:00:00+01:00', 'hour')).toBe('14:00')
    expect(english.pointShort('2026-07-01T14:00:00-04:00', 'hour')).toBe('14:00')
    expect(english.pointLong('2026-10-25T02:00:00+01:00', 'hour')).toMatch(/^Sun, 25 Oct 2026, 0?2:00$/)
  })

  it('days, weeks and months have names', () => {
    expect(english.pointShort('2026-11-22', 'day')).toBe('22 Nov')
    expect(english.pointShort('2026-11-01', 'month')).toBe('Nov')
    expect(english.pointLong('2026-11-16', 'week')).toMatch(sixteenth)
  })

  it('a compared span says its year where it is another one', () => {
    expect(english.span('2026-10-01', '2026-10-02', '2026-11-22')).not.toContain('2026')
    expect(english.span('2025-01-01', '2025-12-31', '2026-11-22')).toContain('2025')
  })

  it('weeks begin on Monday', () => {
    expect(english.weekdays()[0]).toBe('Mon')
    expect(german.weekdays()[6]).toBe('So')
  })
})
