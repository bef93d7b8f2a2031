// Rows of a report over time: how a page, a country, a campaign went from hour to hour or month to month. Matomo calls
// it row evolution. A row is told by the values of its dimensions, whatever its label says.

import type { Store } from '../store/store.ts'
import { accuracy } from './accuracy.ts'
import { type Answer, answer, frame, type Row, rolledFor } from './answer.ts'
import { type Change, changeOf } from './comparison.ts'
import { unlessHitsGo } from './final-years.ts'
import { type Grain, type Slot, slots } from './period.ts'
import { params, type Question, read, sqlOptions, zeros } from './question.ts'
import { QuestionError } from './question-error.ts'
import { finalOnly } from './rolled.ts'
import { type Sources, sourcesOfEach, sourcesOfHours } from './source.ts'
import { rowSeriesSql } from './table-sql.ts'
import type { Told } from './told.ts'

/** Rows that can be followed at once. */
export const mostFollowed = 10

export type EvolutionQuestion = Pick<
  Question,
  'report' | 'site' | 'period' | 'sort' | 'segment' | 'filter'
> & {
  by: Grain
  /** By the values of their dimensions; none: the first ones of the report. */
  rows: readonly (readonly string[])[]
  /** How many of the first ones. */
  limit: number
}

/** Of one metric, over the parts of time; the change is from the first to the last of them. */
export type Course = { least: number; most: number; change: Change }

export type FollowedRow = {
  label: string
  /** Values of the dimensions, in their order. */
  values: string[]
  /** Over the whole period. */
  totals: Record<string, number>
  /** For each part of time. */
  figures: Record<string, number>[]
  course: Record<string, Course>
}

export type Evolution = Pick<
  Answer,
  | 'report'
  | 'site'
  | 'period'
  | 'date'
  | 'from'
  | 'to'
  | 'timezone'
  | 'dimensions'
  | 'metrics'
  | 'source'
  | 'approximate'
  | 'error'
  | 'running'
> & {
  by: Grain
  /** The parts of time: dates, or hours with their offset. */
  times: string[]
  rows: FollowedRow[]
}

export const evolutionTold: Told = {
  request: 'GET /api/reports/<name>/evolution',
  title: 'Rows over time',
  definition:
    'How up to ten rows of a report went from hour to hour or month to month, with all its metrics.',
  matomo: 'API.getRowEvolution',
  figures: {
    least: 'The smallest value of a metric in any part of time.',
    most: 'The greatest one.',
    change: 'From the first part of time to the last, as a number and as a share.',
  } satisfies Record<keyof Course, string>,
}

/** @throws QuestionError, StoreError */
export async function answerEvolution(
  store: Store,
  { rows, limit, by, ...asked }: EvolutionQuestion,
  now: number,
): Promise<Evolution> {
  const { report, site, period } = asked
  if (report.span === 'live' || report.dimensions.length === 0) {
    throw new QuestionError(
      'invalid_row',
      `The report "${report.name}" has no rows that could be followed; ask it with "by" instead.`,
    )
  }
  checkRows(rows, report.dimensions.length)
  const times = slots(period, by)
  const question: Question = { ...asked, limit: rows.length || limit, offset: 0 }
  const found = await answer(store, rows.length > 0 ? { ...question, rows } : question, now)
  const dimensions = report.dimensions.map(({ name }) => name)
  const byKey = new Map(
    found.rows.map((row) => {
      const values = dimensions.map((name) => String(row[name]))
      return [JSON.stringify(values), { row, values }]
    }),
  )
  const keys = rows.length > 0 ? rows.map((values) => JSON.stringify(values)) : [...byKey.keys()]
  const wanted = [...new Set(keys)].flatMap((key) => byKey.get(key) ?? [])
  const follow = { ...question, rows: wanted.map(({ values }) => values) }
  return await unlessHitsGo(store, site.id, async (gone) => {
    // Hours of rows are in the hits only.
    const rolled = by === 'hour' ? finalOnly(gone.goneUntil) : await rolledFor(store, follow, gone)
    const sources = by === 'hour' ? sourcesOfHours(period, rolled) : sourcesOfEach(times, rolled)
    if (by === 'hour' && sources.pieces.length > 0) {
      throw new QuestionError(
        'invalid_by',
        `The hours of single rows are not kept longer than hits; choose a period after ${gone.goneUntil}, or days.`,
      )
    }
    const series = await seriesOf(store, follow, by, sources, times)
    const followed = wanted.flatMap(({ values }) => series(values) as Row[])
    const { approximate, error } = accuracy(report, [sources], followed)
    return {
      ...frame(question, sources),
      approximate: found.approximate || approximate,
      error: Math.max(found.error ?? 0, error ?? 0) || null,
      dimensions,
      by,
      times: times.map(({ label }) => label),
      rows: wanted.map(({ row, values }) => {
        const figures = series(values)
        const totals = Object.fromEntries(found.metrics.map((name) => [name, Number(row[name])]))
        return { label: row.label, values, totals, figures, course: courses(figures, found.metrics) }
      }),
    }
  })
}

/** @throws QuestionError */
function checkRows(rows: readonly (readonly string[])[], dimensions: number): void {
  if (rows.length > mostFollowed) {
    throw new QuestionError('invalid_row', `At most ${mostFollowed} rows can be followed at once.`)
  }
  const wrong = rows.find((values) => values.length !== dimensions)
  if (wrong) {
    throw new QuestionError(
      'invalid_row',
      `A row of this report has ${dimensions} dimensions, but ${JSON.stringify(wrong)} are ${wrong.length}.`,
    )
  }
}

/** The figures of a row, in the order of the times; zeros where nothing was found. */
async function seriesOf(
  store: Store,
  question: Question,
  by: Grain,
  sources: Sources,
  times: readonly Slot[],
): Promise<(values: readonly string[]) => Record<string, number>[]> {
  const { report, period, rows = [] } = question
  const nothing = zeros(report)
  if (rows.length === 0) return () => []
  const dimensions = report.dimensions.map(({ name }) => name)
  const found = await read<{ slot: string } & Record<string, string | number>>(
    store,
    question,
    rowSeriesSql(report, { ...sqlOptions(question, sources), grain: by, rows: true }),
    {
      ...params(question, sources),
      first: period.from,
      starts: by === 'hour' ? times.map(({ start }) => start) : [],
    },
  )
  const nameOf = (values: readonly unknown[], slot: string) => JSON.stringify([...values, slot])
  const metrics = Object.keys(nothing)
  const figures = new Map(
    found.map((row) => {
      const name = nameOf(
        dimensions.map((dimension) => row[dimension]),
        row.slot,
      )
      return [name, Object.fromEntries(metrics.map((metric) => [metric, Number(row[metric])]))]
    }),
  )
  return (values) =>
    times.map(({ from, start }) => {
      return figures.get(nameOf(values, by === 'hour' ? String(start) : from)) ?? nothing
    })
}

function courses(
  figures: readonly Record<string, number>[],
  metrics: readonly string[],
): Record<string, Course> {
  return Object.fromEntries(
    metrics.map((name) => {
      const values = figures.map((one) => one[name] ?? 0)
      const change = changeOf(values.at(-1) ?? 0, values[0] ?? 0)
      return [name, { least: Math.min(...values), most: Math.max(...values), change }]
    }),
  )
}
