// Who came back: visitors by the day, week or month of their first visit (a cohort), and how many of them were here
// again so many days, weeks or months later. Only visitors with an id that lasts can come back: one that is good for a
// day makes a new visitor of everybody each day. So they are in no cohort, and the answer says how many they were.

import type { Store } from '../store/store.ts'
import { localDay } from '../zone.ts'
import { addDays, addMonths, type Days, daysAround, type Slot, slots } from './period.ts'
import { QuestionError } from './question-error.ts'
import { askRaw, queryVisits, type RawQuestion, rawFrame, rawParams, wholeVisits } from './raw.ts'
import type { Told } from './told.ts'

export const retentionGrains = ['day', 'week', 'month'] as const
export type RetentionGrain = (typeof retentionGrains)[number]

/** Cohorts of one answer. */
const mostCohorts = 400

/** The period is that of the first visits. */
export type RetentionQuestion = RawQuestion & {
  by: RetentionGrain
  /** Days, weeks or months after the first one: 1 to 60. */
  periods: number
}

/** Of a day, week or month; `share` of the cohort, 0 to 1. While `running` it may become more. */
export type Returned = { visitors: number; share: number; running: boolean }

export type Retention = ReturnType<typeof rawFrame> & {
  by: RetentionGrain
  periods: number
  /** `returned` begins with the cohort's own day, week or month; null has not begun yet. */
  cohorts: (Days & { label: string; visitors: number; returned: (Returned | null)[] })[]
  /** All cohorts together, of each day, week or month those for which it is over; null where there is none. */
  average: ({ visitors: number; of: number; share: number } | null)[]
  visitors: number
  /** Ids that were good for a day only, each day's for itself. */
  leftOut: number
}

export const retentionTold: Told = {
  request: 'GET /api/reports/retention',
  title: 'Retention',
  definition: 'Who came back: visitors by the day, week or month of their first visit (a cohort).',
  figures: {
    visitors: 'Visitors whose first visit was in the period, of each cohort and in all.',
    returned:
      'How many of a cohort were here again so many days, weeks or months later, and which share that is.',
    average: 'The same of all cohorts for which that time is over.',
    leftOut: 'Visitors whose id was good for a day only, so that nobody can say whether they came back.',
  },
}

/** `now` in Unix milliseconds. @throws QuestionError */
export async function retention(store: Store, question: RetentionQuestion, now: number): Promise<Retention> {
  const { site, period, by, periods } = question
  const today = localDay(site.timezone, now)
  const cohorts = slots(period, by)
  if (cohorts.length > mostCohorts) {
    throw new QuestionError(
      'invalid_by',
      `This period has ${cohorts.length} ${by}s of first visits, and ${mostCohorts} can be told; choose a shorter one.`,
    )
  }
  const last = cohorts.at(-1)
  const until = last ? spanAfter(last, by, periods).to : period.to
  const to = until < today ? until : today
  const params = { ...rawParams(question), to, first_until: period.to, periods }
  const { returned, leftOut } = await askRaw(store, question, async () => {
    const [returned, leftOut] = await Promise.all([
      queryVisits<{ cohort: string; after: number; visitors: number }>(store, returnedSql(question), params),
      queryVisits<{ visitors: number }>(
        store,
        `SELECT uniqExact(day, visitor_id) AS visitors FROM visit WHERE ${wholeVisits(question.segment)} AND NOT profilable`,
        { ...params, to: period.to },
      ),
    ])
    return { returned, leftOut: leftOut[0]?.visitors ?? 0 }
  })
  const found = new Map(returned.map(({ cohort, after, visitors }) => [`${cohort} ${after}`, visitors]))
  const rows = cohorts.map((cohort) => {
    const visitors = found.get(`${cohort.from} 0`) ?? 0
    return {
      label: cohort.label,
      from: cohort.from,
      to: cohort.to,
      visitors,
      returned: Array.from({ length: periods + 1 }, (_, after) => {
        const span = spanAfter(cohort, by, after)
        if (span.from > today) return null
        const back = found.get(`${cohort.from} ${after}`) ?? 0
        return { visitors: back, share: share(back, visitors), running: span.to >= today }
      }),
    }
  })
  return {
    ...rawFrame(question),
    by,
    periods,
    cohorts: rows,
    average: Array.from({ length: periods + 1 }, (_, after) => {
      const over = rows.filter(({ visitors, returned }) => visitors > 0 && returned[after]?.running === false)
      if (over.length === 0) return null
      const visitors = over.reduce((sum, { returned }) => sum + (returned[after]?.visitors ?? 0), 0)
      const of = over.reduce((sum, cohort) => sum + cohort.visitors, 0)
      return { visitors, of, share: share(visitors, of) }
    }),
    visitors: rows.reduce((sum, { visitors }) => sum + visitors, 0),
    leftOut,
  }
}

/** The whole day, week or month that comes so many after the one in which a cohort lies. */
function spanAfter({ from }: Slot, by: RetentionGrain, after: number): Days {
  const { from: first } = daysAround(by, from)
  const start = by === 'month' ? addMonths(first, after) : addDays(first, after * (by === 'week' ? 7 : 1))
  return daysAround(by, start)
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 10_000
}

/** The day, week or month of a date, and how many lie between two dates. */
const grainSql: Record<RetentionGrain, { start: string; between: string }> = {
  day: { start: 'first_day', between: `dateDiff('day', first_day, visited)` },
  week: {
    start: 'greatest(toMonday(first_day), {from:Date})',
    between: `intDiv(dateDiff('day', toMonday(first_day), toMonday(visited)), 7)`,
  },
  month: {
    start: 'greatest(toStartOfMonth(first_day), {from:Date})',
    between: `dateDiff('month', toStartOfMonth(first_day), toStartOfMonth(visited))`,
  },
}

/**
 * A first visit is one that says so, unless another visit tells that the visitor was here before: who is not known
 * in time counts as new at first. A difference of a day tells nothing, since days since the first visit are of 24 hours.
 */
function returnedSql({ by, segment }: RetentionQuestion): string {
  const { start, between } = grainSql[by]
  return `SELECT toString(${start}) AS cohort, after, count() AS visitors
FROM (
  SELECT first_day, arrayJoin(arrayDistinct(arrayMap(visited -> toUInt32(${between}),
    arrayFilter(visited -> visited >= first_day, days)))) AS after
  FROM (
    SELECT visitor_id, minIf(day, visit_number <= 1) AS first_day, groupUniqArray(day) AS days
    FROM visit
    WHERE ${wholeVisits(segment)} AND profilable
    GROUP BY visitor_id
    HAVING countIf(visit_number <= 1) > 0 AND first_day <= {first_until:Date}
      AND min(toInt32(toUInt16(day)) - days_since_first) + 1 >= toInt32(toUInt16(first_day))
  )
)
WHERE after <= {periods:UInt16}
GROUP BY cohort, after`
}
