// A small calendar from which to choose a day, a week, a month or a year. Arrow keys move, Enter chooses.

import { useSignal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { format } from '../locale.ts'
import {
  addDays,
  addMonths,
  earlier,
  type Period,
  type PeriodKind,
  periodAround,
  weekday,
} from '../period.ts'
import { text } from '../text.ts'
import { Icon } from './icon.tsx'

type CalendarProps = {
  kind: Exclude<PeriodKind, 'range'>
  chosen: Period
  today: string
  onChoose(date: string): void
}

/** How a kind of period is laid out: columns, what a page shows, and how far the arrow keys go. */
type Layout = {
  columns: number
  title(shown: string): string
  cells(shown: string): string[]
  name(date: string): string
  spoken(date: string): string
  turn(shown: string, pages: number): string
  move(date: string, cells: number): string
  earlier: string
  later: string
}

const days: Layout = {
  columns: 7,
  title: format.month,
  cells: (shown) => {
    const first = `${shown.slice(0, 7)}-01`
    const monday = addDays(first, -weekday(first))
    return Array.from({ length: 42 }, (_, index) => addDays(monday, index))
  },
  name: (date) => String(Number(date.slice(8))),
  spoken: format.fullDate,
  turn: (shown, pages) => addMonths(shown, pages),
  move: (date, cells) => addDays(date, cells),
  earlier: text.period.earlier.month,
  later: text.period.later.month,
}

const months: Layout = {
  columns: 4,
  title: (shown) => shown.slice(0, 4),
  cells: (shown) => Array.from({ length: 12 }, (_, month) => addMonths(`${shown.slice(0, 4)}-01-01`, month)),
  name: format.shortMonth,
  spoken: format.month,
  turn: (shown, pages) => addMonths(shown, 12 * pages),
  move: (date, cells) => addMonths(date, cells),
  earlier: text.period.earlier.year,
  later: text.period.later.year,
}

const years: Layout = {
  columns: 4,
  title: (shown) => `${firstYear(shown)}–${firstYear(shown) + 11}`,
  cells: (shown) => Array.from({ length: 12 }, (_, index) => `${firstYear(shown) + index}-01-01`),
  name: (date) => date.slice(0, 4),
  spoken: (date) => date.slice(0, 4),
  turn: (shown, pages) => addMonths(shown, 144 * pages),
  move: (date, cells) => addMonths(date, 12 * cells),
  earlier: text.period.earlier.years,
  later: text.period.later.years,
}

const layouts = { day: days, week: days, month: months, year: years } as const

export function Calendar({ kind, chosen, today, onChoose }: CalendarProps) {
  const layout = layouts[kind]
  const start = earlier(chosen.to, today)
  /** The cell that has the focus, which also decides the page shown. */
  const at = useSignal(start)
  const grid = useRef<HTMLDivElement>(null)
  const moved = useRef(false)
  const focus = periodAround(cellKind(kind), at.value).from
  // Before the next key can be pressed.
  useLayoutEffect(() => {
    if (moved.current) grid.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus()
    moved.current = false
  }, [focus])

  function onKeyDown(event: KeyboardEvent) {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -layout.columns, ArrowDown: layout.columns }[
      event.key
    ]
    if (step === undefined) return
    event.preventDefault()
    const next = layout.move(focus, step)
    if (next > today) return
    moved.current = true
    at.value = next
  }

  function turn(pages: number) {
    const next = layout.turn(at.value, pages)
    at.value = earlier(next, today)
  }

  const cells = layout.cells(at.value)
  const last = cells.at(-1) ?? today
  return (
    <div class="calendar">
      <div class="calendar-head">
        <button
          type="button"
          class="button-quiet button-icon"
          aria-label={layout.earlier}
          onClick={() => turn(-1)}
        >
          <Icon name="left" />
        </button>
        <span aria-live="polite">{layout.title(at.value)}</span>
        <button
          type="button"
          class="button-quiet button-icon"
          aria-label={layout.later}
          disabled={last >= today}
          onClick={() => turn(1)}
        >
          <Icon name="right" />
        </button>
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrow keys between its buttons */}
      <div class={`calendar-grid calendar-${layout.columns}`} ref={grid} onKeyDown={onKeyDown}>
        {layout.columns === 7 &&
          format.weekdays().map((name) => (
            <span key={name} class="calendar-weekday" aria-hidden="true">
              {name}
            </span>
          ))}
        {cells.map((date) => (
          <button
            key={date}
            type="button"
            class={cellClass(date, at.value, layout, chosen)}
            aria-label={layout.spoken(date)}
            aria-pressed={within(date, chosen)}
            aria-current={periodAround(cellKind(kind), today).from === date ? 'date' : undefined}
            tabIndex={date === focus ? 0 : -1}
            disabled={date > today}
            onClick={() => onChoose(date)}
          >
            {layout.name(date)}
          </button>
        ))}
      </div>
    </div>
  )
}

function cellKind(kind: CalendarProps['kind']): PeriodKind {
  return kind === 'week' ? 'day' : kind
}

function within(date: string, period: Period): boolean {
  return period.from <= date && date <= period.to
}

function cellClass(date: string, shown: string, layout: Layout, chosen: Period): string {
  const other = layout === days && date.slice(0, 7) !== shown.slice(0, 7)
  const names = [
    other && 'calendar-other',
    within(date, chosen) && 'calendar-chosen',
    date === chosen.from && 'calendar-first',
    date === chosen.to && 'calendar-last',
  ]
  return names.filter(Boolean).join(' ')
}

function firstYear(date: string): number {
  return Math.floor(Number(date.slice(0, 4)) / 12) * 12
}
