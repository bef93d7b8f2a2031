// A report beside others of its kind: the period before, the same of a year ago, any other, or other visits. The rows are those of the
// main question; each compared one is asked for just these, so that a page of rows costs no more than it shows. Rows
// belong together by the values of their dimensions. What a running period is compared with ends where it has come to.

import type { Store } from '../store/store.ts'
import { localDay } from '../zone.ts'
import { type Answer, answer, answerAbsent, type Row } from './answer.ts'
import { unlessHitsGo } from './final-years.ts'
import {
  addDays,
  addMonths,
  type Grain,
  localTime,
  type Period,
  parsePeriod,
  periodDate,
  previousPeriod,
  sameClock,
  yearBefore,
} from './period.ts'
import type { Question } from './question.ts'
import { QuestionError } from './question-error.ts'
import type { RawQuestion } from './raw.ts'
import { segmentLimits } from './segment/segment.ts'
import type { CompiledSegment } from './segment/segment-sql.ts'

/** What a report may be compared with at once. */
export const mostCompared = 5

/** One thing to compare with: another period, or in the same period other visits. */
export type Comparison = {
  /** As it was asked for: `previous`, `year`, a period as `month:2025-11-01`, or `segment:` and a segment. */
  with: string
  /** Where it asks otherwise than the main question. */
  asks: Partial<Question> & Pick<Question, 'period'>
}

/** Against the compared one. Rates differ by points; null where there was nothing that it could be a share of. */
export type Change = { absolute: number; relative: number | null }

export type Changed = { figures: Record<string, number>; change: Record<string, Change> }

export type ComparedRow = {
  label: string
  /** In the order of the comparisons; null where a part of time has no counterpart. */
  compared: (Changed | null)[]
  [column: string]: string | number | undefined | (Changed | null)[]
}

export type Compared = Pick<
  Answer,
  'period' | 'date' | 'from' | 'to' | 'source' | 'approximate' | 'error' | 'running'
> & {
  with: string
  /** A local time: only what was before it is compared, as the main period has not come further. */
  until: string | null
  totals: Changed['figures']
  change: Changed['change']
  /** Rows that it shows and the main answer does not, with its own figures; where they were asked for. */
  gone?: { rows: Row[]; rowCount: number }
}

export type ComparedAnswer = Omit<Answer, 'rows'> & { rows: ComparedRow[]; compared: Compared[] }

/** Characters of one. */
export const longestComparison = segmentLimits.length + 'segment:'.length

/**
 * Each word is that of a period, or `segment:` with a segment of the same period; without one, all visits.
 * @throws QuestionError
 */
export function readComparisons(
  period: Period,
  words: readonly string[],
  now: number,
  segmentOf: (text: string) => CompiledSegment | undefined,
): Comparison[] {
  return words.map((word) => ({
    with: word,
    asks: word.startsWith('segment:')
      ? { period, segment: segmentOf(word.slice('segment:'.length)) }
      : { period: comparedPeriod(period, word, now) },
  }))
}

/**
 * @param gone so many rows at most that are only in a compared one
 * @throws QuestionError, StoreError
 */
export async function answerCompared(
  store: Store,
  question: Question,
  comparisons: readonly Comparison[],
  { gone, now }: { gone: number; now: number },
): Promise<ComparedAnswer> {
  const { report, by } = question
  if (report.span === 'live') {
    throw new QuestionError(
      'invalid_compare',
      `The report "${report.name}" is about now and has no other period.`,
    )
  }
  if (question.folder !== undefined) {
    throw new QuestionError(
      'invalid_compare',
      'What lies in a folder cannot be compared; leave "folder" or "compare" out.',
    )
  }
  const toldGone = gone > 0 && !by && report.dimensions.length > 0
  return await compareAnswers(store, question, comparisons, now, {
    main: () => answer(store, question, now),
    other: (asks, main) => {
      const keys = main.rows.map((row) => keyOf(row, main.dimensions))
      const rows = { rows: keys, limit: keys.length, offset: 0, sort: undefined, search: undefined }
      return answer(store, { ...question, ...asks, ...(by ? {} : rows) }, now)
    },
    ...(toldGone && {
      gone: (asks) => answerAbsent(store, { ...question, ...asks, limit: gone, offset: 0 }, question),
    }),
  })
}

export type Asks = Comparison['asks'] & Pick<Question, 'cut'>

/** Any answer in the shape of a report; `by` where its rows are parts of time. @throws as what is asked does */
export async function compareAnswers<Told extends Answer>(
  store: Store,
  { site, period, by }: Pick<Question, 'site' | 'period' | 'by'>,
  comparisons: readonly Comparison[],
  now: number,
  ask: {
    main: () => Promise<Told>
    other: (asks: Asks, main: Told) => Promise<Answer>
    gone?: (asks: Asks) => Promise<{ rows: Row[]; rowCount: number }>
  },
): Promise<Omit<Told, 'rows'> & Pick<ComparedAnswer, 'rows' | 'compared'>> {
  return await unlessHitsGo(store, site.id, async ({ goneUntil }) => {
    const main = await ask.main()
    const others = await Promise.all(
      comparisons.map(async (comparison) => {
        const asks = { ...comparison.asks, ...samePart(period, comparison.asks.period, now, goneUntil) }
        const [other, gone] = await Promise.all([ask.other(asks, main), ask.gone?.(asks)])
        return { comparison, asks, other, gone, partner: partnersOf(main, other, by) }
      }),
    )
    return {
      ...main,
      rows: main.rows.map((row, index) => ({
        ...row,
        compared: others.map(({ partner }) => {
          const beside = partner(index)
          return beside ? changed(figuresOf(row, main.metrics), figuresOf(beside, main.metrics)) : null
        }),
      })),
      compared: others.map(({ comparison, asks, other, gone }) => {
        const { figures: totals, change } = changed(main.totals, other.totals)
        return {
          with: comparison.with,
          period: asks.period.kind,
          date: periodDate(comparison.asks.period),
          from: asks.period.from,
          to: asks.period.to,
          until: asks.cut === undefined ? null : localTime(asks.cut, site.timezone),
          source: other.source,
          approximate: other.approximate,
          error: other.error,
          running: asks.period.running,
          totals,
          change,
          ...(gone && { gone }),
        }
      }),
    }
  })
}

/** What an answer over single visits stands beside. */
export type ComparedVisits = Pick<Compared, 'with' | 'period' | 'date' | 'from' | 'to' | 'running'>

/**
 * Answers over single visits, each beside the main one. A running period is compared with as many days of the other, the
 * last one whole: of visits that were cut at a time of the day nobody could tell how they went on.
 * @throws as what is asked does
 */
export async function besideVisits<Told>(
  { period }: RawQuestion,
  comparisons: readonly Comparison[],
  now: number,
  ask: (asks: Partial<Pick<RawQuestion, 'period' | 'segment'>>) => Promise<Told>,
): Promise<{ main: Told; others: { compared: ComparedVisits; told: Told }[] }> {
  const others = async ({ with: word, asks }: Comparison) => {
    const { period: part } = samePart(period, asks.period, now, '')
    const { kind, from, to, running } = part
    const compared = { with: word, period: kind, date: periodDate(asks.period), from, to, running }
    return { compared, told: await ask({ ...asks, period: part }) }
  }
  const [main, ...rest] = await Promise.all([ask({}), ...comparisons.map(others)])
  return { main, others: rest }
}

/**
 * The part of another period that is as long as a running one has run: up to the same time of the day, where there are
 * raw data of it, else to the end of that day. Both periods are the same dates of two years, or begin together.
 */
export function samePart(
  main: Period,
  other: Period,
  now: number,
  goneUntil: string,
): { period: Period; cut?: number } {
  const today = localDay(main.timezone, now)
  if (today < main.from || today > main.to || other.to >= today) return { period: other }
  const sameDates = main.from.slice(5) === other.from.slice(5)
  const day = sameDates
    ? addMonths(today, 12 * (Number(other.from.slice(0, 4)) - Number(main.from.slice(0, 4))))
    : addDays(other.from, (Date.parse(today) - Date.parse(main.from)) / 86_400_000)
  if (day > other.to) return { period: other }
  const period = { ...other, to: day }
  if (other.from <= goneUntil) return { period }
  return { period, cut: sameClock(Math.floor(now / 1000), day, main.timezone) }
}

/** What figures are beside others of the same names. */
export function changed(figures: Record<string, number>, others: Record<string, number>): Changed {
  const change = Object.entries(others).map(([name, other]) => [name, changeOf(figures[name] ?? 0, other)])
  return { figures: others, change: Object.fromEntries(change) }
}

/** To six and four decimals: the last digits of a difference say nothing. */
export function changeOf(value: number, other: number): Change {
  const absolute = round(value - other, 1e6)
  return { absolute, relative: other === 0 ? null : round((value - other) / Math.abs(other), 1e4) }
}

function round(value: number, scale: number): number {
  // Never -0, which no JSON tells.
  return Math.round(value * scale) / scale + 0
}

/** @throws QuestionError */
export function comparedPeriod(main: Period, word: string, now: number): Period {
  const period = readPeriod(main, word, now)
  if (period.from < firstDay) {
    throw new QuestionError('invalid_compare', `The period "${word}" lies before ${firstDay}.`)
  }
  return { ...period, running: period.to >= localDay(main.timezone, now) }
}

/** Where the calendar of the store begins. */
const firstDay = '1970-01-01'

function readPeriod(main: Period, word: string, now: number): Period {
  if (word === 'previous') return previousPeriod(main)
  if (word === 'year') return yearBefore(main)
  const [kind = '', date] = word.split(':', 2)
  if (date !== undefined) return parsePeriod(kind, date, main.timezone, now)
  throw new QuestionError(
    'invalid_compare',
    `"${word.slice(0, 100)}" is nothing to compare with; write previous, year, a period as month:2025-11-01, or a segment as segment:countryCode==de.`,
  )
}

function keyOf(row: Row, dimensions: readonly string[]): string[] {
  return dimensions.map((name) => String(row[name] ?? ''))
}

function figuresOf(row: Row, metrics: readonly string[]): Record<string, number> {
  return Object.fromEntries(metrics.map((name) => [name, Number(row[name] ?? 0)]))
}

/**
 * Which row of the other answer stands beside the one at an index of the main answer: one without figures where a table
 * has none, none where a part of time has no counterpart.
 */
function partnersOf(main: Answer, other: Answer, by: Grain | undefined): (index: number) => Row | undefined {
  if (by && by !== 'hour') return (index) => other.rows[index]
  const named = ({ rows, dimensions }: Answer) =>
    by ? hourNames(rows) : rows.map((row) => JSON.stringify(keyOf(row, dimensions)))
  const names = named(main)
  const found = new Map(named(other).map((name, index) => [name, other.rows[index]]))
  return (index) => found.get(names[index] ?? '') ?? (by ? undefined : { label: '' })
}

/** Hours by the position of their day and what the clock shows: not all days have 24, or have each hour once. */
function hourNames(rows: readonly Row[]): string[] {
  let [day, position] = ['', -1]
  const seen = new Set<string>()
  return rows.map(({ label }) => {
    if (label.slice(0, 10) !== day) {
      day = label.slice(0, 10)
      position++
    }
    const name = `${position} ${label.slice(11, 19)}`
    const again = seen.has(name)
    seen.add(name)
    return again ? `${name} again` : name
  })
}
