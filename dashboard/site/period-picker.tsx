// The head of the page: which period it shows, one step back or on, and any other by the calendar.

import { useSignal } from '@preact/signals'
import { format } from '../locale.ts'
import { Calendar } from '../parts/calendar.tsx'
import { Choice } from '../parts/choice.tsx'
import { Icon } from '../parts/icon.tsx'
import { Popover } from '../parts/popover.tsx'
import {
  earlier,
  isDate,
  type Period,
  type PeriodKind,
  type PeriodQuery,
  periodAround,
  periodKinds,
  resolve,
  shift,
  shortcuts,
  writePeriod,
} from '../period.ts'
import { navigate, withQuery } from '../router.ts'
import { text } from '../text.ts'
import type { View } from './view.ts'

export function PeriodPicker({ view }: { view: View }) {
  const { period, today, site } = view
  const name = format.period(period)
  return (
    <div class="period-steps">
      <button
        type="button"
        class="button-quiet button-icon"
        aria-label={text.period.previous[period.kind]}
        onClick={() => show(writePeriod(shift(period, -1)))}
      >
        <Icon name="left" />
      </button>
      <h1>
        <span class="unseen">{site.name}: </span>
        <Popover
          label={text.period.choose(name)}
          align="start"
          button={
            <>
              <span class="cut">{name}</span>
              <Icon name="down" />
            </>
          }
        >
          {(close) => (
            <Picker
              view={view}
              onChoose={(query) => {
                close()
                show(query)
              }}
            />
          )}
        </Popover>
      </h1>
      <button
        type="button"
        class="button-quiet button-icon"
        aria-label={text.period.next[period.kind]}
        disabled={period.to >= today}
        onClick={() => show(writePeriod(upTo(shift(period, 1), today)))}
      >
        <Icon name="right" />
      </button>
    </div>
  )
}

type PickerProps = { view: View; onChoose: (query: PeriodQuery) => void }

function Picker({ view, onChoose }: PickerProps) {
  const { period, today, site } = view
  const kind = useSignal<PeriodKind>(period.kind)
  const chosen = kind.value
  return (
    <div class="picker">
      <ul class="menu picker-shortcuts">
        {shortcuts.map((shortcut) => (
          <li key={shortcut.name}>
            <button
              type="button"
              class="menu-item"
              aria-current={same(resolve(shortcut, today), period) ? 'true' : undefined}
              onClick={() => onChoose({ period: shortcut.period, date: shortcut.date })}
            >
              {text.period.shortcuts[shortcut.name]}
            </button>
          </li>
        ))}
      </ul>
      <div class="picker-calendar">
        <Choice
          label={text.period.label}
          options={periodKinds.map((value) => ({ value, title: text.period.kinds[value] }))}
          value={chosen}
          onChoose={(value) => {
            kind.value = value
          }}
        />
        {chosen === 'range' ? (
          <RangeForm view={view} onChoose={onChoose} />
        ) : (
          <Calendar
            key={chosen}
            kind={chosen}
            chosen={period}
            today={today}
            onChoose={(date) => onChoose(writePeriod(periodAround(chosen, date)))}
          />
        )}
        <p class="menu-note">{text.period.timezone(site.timezone.replaceAll('_', ' '))}</p>
      </div>
    </div>
  )
}

function RangeForm({ view, onChoose }: PickerProps) {
  const from = useSignal(view.period.from)
  const to = useSignal(earlier(view.period.to, view.today))
  const wrong = !isDate(from.value) || !isDate(to.value) || from.value > to.value
  return (
    <form
      class="range"
      onSubmit={(event) => {
        event.preventDefault()
        if (!wrong) onChoose({ period: 'range', date: `${from.value},${to.value}` })
      }}
    >
      <label class="range-day">
        {text.period.from}
        <input
          type="date"
          value={from.value}
          max={view.today}
          onInput={(event) => {
            from.value = event.currentTarget.value
          }}
        />
      </label>
      <label class="range-day">
        {text.period.to}
        <input
          type="date"
          value={to.value}
          max={view.today}
          onInput={(event) => {
            to.value = event.currentTarget.value
          }}
        />
      </label>
      <p role="status" class="range-note">
        {wrong && text.period.wrongRange}
      </p>
      <button type="submit" class="button button-main" disabled={wrong}>
        {text.period.apply}
      </button>
    </form>
  )
}

function show(query: PeriodQuery): void {
  navigate(withQuery(query))
}

/** A range does not go on into the future. */
function upTo(period: Period, today: string): Period {
  return period.kind === 'range' ? { ...period, to: earlier(period.to, today) } : period
}

function same(one: Period, other: Period): boolean {
  return one.kind === other.kind && one.from === other.from && one.to === other.to
}
