// How many people are on the site now, asked every ten seconds while somebody looks.

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { ApiError, ask, reportPath, type Site } from '../api.ts'
import type { ReportAnswer } from '../catalogue.ts'
import { numberOf } from '../figures.ts'
import { format } from '../locale.ts'
import { signedOut } from '../session.ts'
import { text } from '../text.ts'

const pollEvery = 10_000

export function Realtime({ site }: { site: Site }) {
  const answer = useSignal<ReportAnswer | undefined>(undefined)

  useEffect(() => {
    const abort = new AbortController()
    const path = reportPath('realtime', { site: site.id, period: 'day', date: 'today' })
    async function poll() {
      if (document.visibilityState !== 'visible') return
      try {
        answer.value = await ask<ReportAnswer>('GET', path, undefined, abort.signal)
      } catch (error) {
        if (abort.signal.aborted) return
        // An old number must not pass for the present one.
        answer.value = undefined
        if (error instanceof ApiError && error.status === 401) signedOut()
      }
    }
    void poll()
    const timer = setInterval(poll, pollEvery)
    document.addEventListener('visibilitychange', poll)
    return () => {
      abort.abort()
      clearInterval(timer)
      document.removeEventListener('visibilitychange', poll)
    }
  }, [site.id, answer])

  if (!answer.value) return <div class="realtime" />
  const visitors = numberOf(answer.value.totals, 'visitors')
  const minutes = answer.value.rows.map((row) => numberOf(row, 'visitors'))
  return (
    <a class="realtime" href={`/sites/${site.id}?period=day&date=today`}>
      <span class={`realtime-dot ${visitors > 0 ? 'realtime-live' : ''}`} aria-hidden="true" />
      <span>{text.realtime.now(format.count(visitors), visitors === 1)}</span>
      <Pulse minutes={minutes} />
    </a>
  )
}

/** The thirty minutes as small bars. */
function Pulse({ minutes }: { minutes: readonly number[] }) {
  const most = Math.max(1, ...minutes)
  return (
    <svg class="pulse" viewBox="0 0 90 20" preserveAspectRatio="none" aria-hidden="true">
      {minutes.slice(-30).map((visitors, index) => {
        const height = Math.max(1, (18 * visitors) / most)
        return <rect key={index} x={index * 3} y={20 - height} width={2} height={height} />
      })}
    </svg>
  )
}
