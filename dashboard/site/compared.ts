// What the figures of a period are compared with, fairly while it is still running: see `comparison`.

import { type Answer, useAnswer } from '../answer.ts'
import { reportPath } from '../api.ts'
import type { ReportAnswer } from '../catalogue.ts'
import { type Figures, sumHours } from '../figures.ts'
import { format } from '../locale.ts'
import { type Comparison, comparison, isRunning, type Period } from '../period.ts'
import { text } from '../text.ts'
import { questionOf, type View } from './view.ts'

export type Compared = {
  current: Figures | undefined
  previous: Figures | undefined
  /** Says in words what is compared with what. */
  note: string
  running: boolean
  loading: boolean
}

/** @param overview the answer for the view's own period, which need not be asked for twice. */
export function useCompared(view: View, overview: Answer<ReportAnswer>): Compared {
  const how = comparison(view.period, view.today)
  const by = how.by === 'hours' ? 'hour' : undefined
  const ask = (period: Period) => reportPath('overview', { ...questionOf(view, period), by })
  const whole = how.current === view.period
  const part = useAnswer<ReportAnswer>(whole ? undefined : ask(how.current))
  const current = whole ? overview : part
  const previous = useAnswer<ReportAnswer>(ask(how.previous))
  const hour = Number(view.now.slice(11, 13))
  const figures = how.by === 'hours' ? (answer: ReportAnswer) => sumHours(answer.rows, hour) : figuresOf
  return {
    current: current.data && figures(current.data),
    previous: previous.data && figures(previous.data),
    note: noteOf(view, how, hour),
    running: isRunning(view.period, view.today),
    loading: current.loading || previous.loading,
  }
}

function noteOf(view: View, { by, current, previous }: Comparison, hour: number): string {
  const before = format.span(previous.from, previous.to, view.today)
  if (by === 'hours') {
    return hour === 0 ? text.figures.tooEarly : text.figures.againstHours(format.hour(hour), before)
  }
  return isRunning(view.period, view.today)
    ? text.figures.againstSame(format.span(current.from, current.to, view.today), before)
    : text.figures.against(before)
}

function figuresOf(answer: ReportAnswer): Figures {
  const row = answer.rows[0] ?? {}
  return Object.fromEntries(
    Object.entries(row).flatMap(([name, value]) => (typeof value === 'number' ? [[name, value]] : [])),
  )
}
