// Tells owners in time that single visits are going to be dropped. Whoever has read it sees it no more until the browser is
// closed.

import { useSignal } from '@preact/signals'
import { useAnswer } from '../answer.ts'
import { api, type Site } from '../api.ts'
import { format } from '../locale.ts'
import { text } from '../text.ts'

export function FinalYearNotice({ site }: { site: Site }) {
  const { data } = useAnswer<{ next: { year: number; from: string } | null }>(api.finalYearsPath(site.id))
  const next = data?.next
  const key = `footfall.final ${site.id} ${next?.year}`
  const read = useSignal(false)
  if (!next || read.value || sessionStorage.getItem(key) !== null) return null
  return (
    <aside class="notice notice-told" aria-label={text.finalYear.title(next.year)}>
      <p class="notice-title">{text.finalYear.title(next.year)}</p>
      <p>{text.finalYear.lead(next.year, format.fullDate(next.from))}</p>
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
