// The page of one site: its figures and reports, or how to begin where nothing was ever counted.

import { useEffect } from 'preact/hooks'
import { refresh, useAnswer } from '../answer.ts'
import { api, reportPath, type Site } from '../api.ts'
import { cardsOf, groups, type Report, type ReportAnswer } from '../catalogue.ts'
import { numberOf } from '../figures.ts'
import { rememberSite } from '../home.tsx'
import { format } from '../locale.ts'
import { Failure, Nothing } from '../parts/notice.tsx'
import { useTitle } from '../parts/title.ts'
import { isRunning } from '../period.ts'
import { navigate, place, withQuery } from '../router.ts'
import { useFirstVisit } from '../setup/first-visit.ts'
import { Install } from '../setup/install.tsx'
import { text } from '../text.ts'
import { Detail } from './detail.tsx'
import { FinalYearNotice } from './final-year-notice.tsx'
import { Group } from './group.tsx'
import { Header } from './header.tsx'
import { Overview } from './overview.tsx'
import { PeriodPicker } from './period-picker.tsx'
import { SegmentPicker } from './segment-picker.tsx'
import { questionOf, type View, viewOf } from './view.ts'

const refreshEvery = 60_000
/** The first visit is announced a moment before reports can read it. */
const refreshSoon = 1_500

export function SitePage({ site }: { site: Site }) {
  const installing = place.value.query.get('show') === 'install'
  // Reading `refresh` draws the page again when its clock may have moved on.
  const view = refresh.value >= 0 ? viewOf(site, place.value.query, Date.now()) : undefined
  const overview = useAnswer<ReportAnswer>(
    view && !installing ? reportPath('overview', questionOf(view)) : undefined,
  )
  const empty = overview.data?.rows[0] !== undefined && numberOf(overview.data.rows[0], 'visits') === 0
  const visit = useFirstVisit(site.id, installing || empty)

  useEffect(() => rememberSite(site.id), [site.id])

  const neverVisited = empty && visit.state === 'waiting'
  useEffect(() => {
    if (neverVisited && !installing) navigate(withQuery({ show: 'install' }), true)
  }, [neverVisited, installing])

  const soon = empty && visit.state === 'here' && visit.live
  const running = view !== undefined && isRunning(view.period, view.today)
  useEffect(() => {
    if (!running) return
    const timer = setInterval(
      () => {
        if (document.visibilityState === 'visible') refresh.value++
      },
      soon ? refreshSoon : refreshEvery,
    )
    return () => clearInterval(timer)
  }, [running, soon])

  if (!view) return null
  if (installing) {
    return (
      <>
        <Header site={site} />
        <Install site={site} visit={visit} />
      </>
    )
  }
  return (
    <>
      <a class="skip" href="#content">
        {text.header.skip}
      </a>
      <Header site={site} />
      <Reports view={view} overview={overview} empty={empty && visit.state === 'here' && !visit.live} />
    </>
  )
}

type ReportsProps = { view: View; overview: ReturnType<typeof useAnswer<ReportAnswer>>; empty: boolean }

function Reports({ view, overview, empty }: ReportsProps) {
  useTitle(`${view.site.name}, ${format.period(view.period)}`)
  const { data, error, retry } = useAnswer<{ reports: Report[] }>(api.catalogue)
  const opened = data?.reports.find((report) => report.name === place.value.query.get('report'))
  return (
    <main id="content" tabIndex={-1}>
      <div class="period">
        <PeriodPicker view={view} />
        <SegmentPicker view={view} />
      </div>
      <FinalYearNotice site={view.site} />
      {error && <Failure error={error} retry={retry} />}
      {data && <Overview view={view} reports={data.reports} answer={overview} />}
      {empty && (
        <Nothing title={text.emptyPeriod.title}>
          <p>{view.segment === '' ? text.emptyPeriod.lead : text.emptyPeriod.leadOfSegment}</p>
        </Nothing>
      )}
      {data &&
        !empty &&
        groups.map((group) => (
          <Group key={group} name={group} cards={cardsOf(data.reports, group)} view={view} />
        ))}
      {opened && (
        <Detail
          key={opened.name}
          report={opened}
          view={view}
          onClose={() => navigate(withQuery({ report: undefined }))}
        />
      )}
    </main>
  )
}
