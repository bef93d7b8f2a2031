// A whole report: all its metrics, to sort, search and leaf through. Never more than a page of rows at a time.

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { useAnswer } from '../answer.ts'
import { reportPath } from '../api.ts'
import type { Report, ReportAnswer } from '../catalogue.ts'
import { format } from '../locale.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Icon } from '../parts/icon.tsx'
import { Failure } from '../parts/notice.tsx'
import { text } from '../text.ts'
import { accuracyNote } from './accuracy.ts'
import { CsvLink } from './card.tsx'
import { DetailTable } from './detail-table.tsx'
import { questionOf, type View } from './view.ts'

const pageLength = 50
const typingPause = 250

export function Detail({ report, view, onClose }: { report: Report; view: View; onClose: () => void }) {
  const typed = useSignal('')
  const asked = useSignal<{ search: string; sort: string; offset: number }>({
    search: '',
    sort: '',
    offset: 0,
  })
  const { search, sort, offset } = asked.value
  const { data, error, loading, retry } = useAnswer<ReportAnswer>(
    reportPath(report.name, { ...questionOf(view), limit: pageLength, offset, sort, search }),
  )

  useEffect(() => {
    if (typed.value === asked.peek().search) return
    const timer = setTimeout(() => {
      asked.value = { ...asked.peek(), search: typed.value, offset: 0 }
    }, typingPause)
    return () => clearTimeout(timer)
  }, [typed.value, typed, asked])

  return (
    <Dialog
      title={report.title}
      size="large"
      aside={<CsvLink report={report} view={view} sort={sort} search={search} />}
      onClose={onClose}
    >
      <p class="detail-lead">
        {format.period(view.period)}. {report.definition} {data && accuracyNote(data)}
      </p>
      <div class="detail-search">
        <Icon name="search" />
        <input
          type="search"
          placeholder={text.table.search}
          aria-label={text.table.searchIn(report.title)}
          value={typed.value}
          onInput={(event) => {
            typed.value = event.currentTarget.value
          }}
        />
      </div>
      <section
        class={`scroll detail-table ${loading && data ? 'stale' : ''}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
        tabIndex={0}
        aria-label={report.title}
        aria-busy={loading}
      >
        {error && <Failure error={error} retry={retry} />}
        {data && data.rows.length === 0 && (
          <p class="card-empty">{search ? text.table.notFound(search) : text.table.empty}</p>
        )}
        {data && data.rows.length > 0 && (
          <DetailTable
            report={report}
            answer={data}
            view={view}
            searched={search !== ''}
            onSort={(next) => {
              asked.value = { ...asked.value, sort: next, offset: 0 }
            }}
          />
        )}
      </section>
      {data && data.rowCount > 0 && (
        <Pager
          offset={offset}
          count={data.rowCount}
          onTurn={(next) => {
            asked.value = { ...asked.value, offset: next }
          }}
        />
      )}
    </Dialog>
  )
}

type PagerProps = { offset: number; count: number; onTurn: (offset: number) => void }

function Pager({ offset, count, onTurn }: PagerProps) {
  const end = Math.min(offset + pageLength, count)
  return (
    <nav class="pager" aria-label={text.table.pages}>
      <p role="status">
        {text.table.range(format.count(offset + 1), format.count(end), format.count(count))}
      </p>
      <button
        type="button"
        class="button button-icon"
        aria-label={text.table.previous}
        disabled={offset === 0}
        onClick={() => onTurn(Math.max(0, offset - pageLength))}
      >
        <Icon name="left" />
      </button>
      <button
        type="button"
        class="button button-icon"
        aria-label={text.table.next}
        disabled={end >= count}
        onClick={() => onTurn(offset + pageLength)}
      >
        <Icon name="right" />
      </button>
    </nav>
  )
}
