// Tells owners in time that single visits are going to be dropped. Whoever has read it sees it no more until the browser is
// closed.

import { useSignal } from '@preact/signals'
import { useAnswer } from '../answer.ts'
import { api, type Site } from '../api.ts'
import { format } from '../locale.ts'
import { text } from '../text.ts'

type Coming = {
  next: ({ year: number } & Dated) | null
  nextMonth: ({ month: string } & Dated) | null
}
type Dated = { from: string; due: boolean }

/** Undefined where the day has come already. */
const dateOf = ({ from, due }: Dated) => (due ? undefined : format.fullDate(from))

export function FinalYearNotice({ site }: { site: Site }) {
  const { data } = useAnswer<Coming>(api.finalYearsPath(site.id))
  if (!data) return null
  const { next, nextMonth } = data
  const month = nextMonth && format.month(`${nextMonth.month}-01`)
  return (
    <>
      {next && (
        <Notice
          name={`${site.id} ${next.year}`}
          title={text.finalYear.title(next.year)}
          lead={text.finalYear.lead(next.year, dateOf(next))}
        />
      )}
      {nextMonth && month && (
        <Notice
          name={`${site.id} ${nextMonth.month}`}
          title={text.rawMonth.title(month)}
          lead={text.rawMonth.lead(month, dateOf(nextMonth))}
        />
      )}
    </>
  )
}

function Notice({ name, title, lead }: { name: string; title: string; lead: string }) {
  const key = `footfall.final ${name}`
  const read = useSignal(false)
  if (read.value || sessionStorage.getItem(key) !== null) return null
  return (
    <aside class="notice notice-told" aria-label={title}>
      <p class="notice-title">{title}</p>
      <p>{lead}</p>
      <button
        type="button"
        class="button"
        onClick={() => {
          sessionStorage.setItem(key, 'read')
          read.value = true
        }}
      >
        {text.finalYear.seen}
      </button>
    </aside>
  )
}
