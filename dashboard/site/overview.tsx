// The figures of the period with their change, and one of them over time.

import { useSignal } from '@preact/signals'
import type { Answer } from '../answer.ts'
import type { Report, ReportAnswer } from '../catalogue.ts'
import { Failure } from '../parts/notice.tsx'
import { text } from '../text.ts'
import { accuracyNote } from './accuracy.ts'
import { useCompared } from './compared.ts'
import { FigureStrip } from './figure-strip.tsx'
import { Timeline } from './timeline.tsx'
import type { View } from './view.ts'

const shown = ['visits', 'visitors', 'page_views', 'actions_per_visit', 'bounce_rate', 'avg_duration']

type OverviewProps = { view: View; reports: readonly Report[]; answer: Answer<ReportAnswer> }

export function Overview({ view, reports, answer }: OverviewProps) {
  const chosen = useSignal('visits')
  const compared = useCompared(view, answer)
  const report = reports.find((candidate) => candidate.name === 'overview')
  const metrics = shown.flatMap((name) => report?.metrics.find((metric) => metric.name === name) ?? [])
  const metric = metrics.find((candidate) => candidate.name === chosen.value) ?? metrics[0]
  if (!metric) return null
  return (
    <section class="overview" aria-label={text.figures.title}>
      {answer.error ? (
        <Failure error={answer.error} retry={answer.retry} />
      ) : (
        <FigureStrip
          metrics={metrics}
          row={answer.data?.rows[0]}
          stale={answer.loading}
          accuracy={answer.data ? accuracyNote(answer.data) : ''}
          compared={compared}
          chosen={metric.name}
          onChoose={(name) => {
            chosen.value = name
          }}
        />
      )}
      <Timeline view={view} metric={metric} />
    </section>
  )
}
