// A few kindred reports behind tabs. Asks for one only when it is about to be seen.

import { useSignal } from '@preact/signals'
import { useEffect, useId, useRef } from 'preact/hooks'
import { useAnswer } from '../answer.ts'
import { reportPath } from '../api.ts'
import type { Report, ReportAnswer } from '../catalogue.ts'
import { format } from '../locale.ts'
import { Icon } from '../parts/icon.tsx'
import { Info } from '../parts/info.tsx'
import { Failure } from '../parts/notice.tsx'
import { Tabs } from '../parts/tabs.tsx'
import { withQuery } from '../router.ts'
import { text } from '../text.ts'
import { Hours } from './hours.tsx'
import { Panel } from './panel.tsx'
import { questionOf, type View } from './view.ts'

const shownRows = 10

export function Card({ reports, view }: { reports: readonly Report[]; view: View }) {
  const chosen = useSignal('')
  const root = useRef<HTMLElement>(null)
  const seen = useSeen(root)
  const panel = useId()
  const body = useRef<HTMLDivElement>(null)
  /** Going from tab to tab the card does not shrink, so that nothing below it jumps. */
  const height = useSignal(0)
  const report = reports.find((candidate) => candidate.name === chosen.value) ?? reports[0]
  const limit = report?.draw === 'hours' ? 24 : shownRows
  const path = report && reportPath(report.name, { ...questionOf(view), limit })
  const { data, error, loading, retry } = useAnswer<ReportAnswer>(seen ? path : undefined)
  if (!report) return null
  // While another period is on its way its predecessor stays, dimmed; another report's rows would mislead.
  const answer = data?.report === report.name ? data : undefined
  const many = reports.length > 1
  return (
    <article class="card" ref={root} aria-label={report.title}>
      <header class="card-head">
        <h3 class={many ? 'unseen' : ''}>{report.title}</h3>
        {many && (
          <Tabs
            label={text.table.kinds}
            tabs={reports.map(({ name, title }) => ({ name, title: text.tabs[name] ?? title }))}
            chosen={report.name}
            panel={panel}
            onChoose={(name) => {
              height.value = body.current?.offsetHeight ?? 0
              chosen.value = name
            }}
          />
        )}
        <Info title={report.title}>{report.definition}</Info>
      </header>
      <div
        class={`card-body ${loading && answer ? 'stale' : ''}`}
        id={panel}
        ref={body}
        style={{ minHeight: height.value > 0 ? `${height.value}px` : undefined }}
        {...(many ? { role: 'tabpanel', 'aria-labelledby': `${panel}-${report.name}` } : {})}
        aria-busy={loading}
      >
        {error && <Failure error={error} retry={retry} />}
        {!error && !answer && <Lines />}
        {answer &&
          (report.draw === 'hours' ? (
            <Hours report={report} answer={answer} />
          ) : (
            <Panel report={report} answer={answer} view={view} />
          ))}
      </div>
      <footer class="card-foot">
        {answer && answer.rowCount > 0 && (
          <>
            <a href={withQuery({ report: report.name })}>
              {answer.rowCount > answer.rows.length
                ? text.table.all(format.count(answer.rowCount))
                : text.table.open}
            </a>
            <CsvLink report={report} view={view} />
          </>
        )}
      </footer>
    </article>
  )
}

export function CsvLink({
  report,
  view,
  sort,
  search,
}: {
  report: Report
  view: View
  sort?: string
  search?: string
}) {
  const question = { ...questionOf(view), format: 'csv' as const, sort, search }
  return (
    <a
      class="csv"
      href={reportPath(report.name, question)}
      download
      aria-label={text.table.csvOf(report.title)}
    >
      <Icon name="download" />
      {text.table.csv}
    </a>
  )
}

/** Holds the place of rows to come. */
function Lines() {
  return (
    <div class="lines" aria-hidden="true">
      {Array.from({ length: shownRows }, (_, index) => (
        <span key={index} class="skeleton" style={{ width: `${92 - index * 6}%` }} />
      ))}
    </div>
  )
}

/** True from the moment the element comes near the window. */
function useSeen(root: { current: HTMLElement | null }): boolean {
  const seen = useSignal(false)
  useEffect(() => {
    const element = root.current
    if (!element) return
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return
        seen.value = true
        observer.disconnect()
      },
      { rootMargin: '400px' },
    )
    observer.observe(element)
    return () => observer.disconnect()
  }, [root, seen])
  return seen.value
}
