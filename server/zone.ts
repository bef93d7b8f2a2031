// Calendar days in a time zone, fast enough to be asked for every hit: the day that was asked for last is
// remembered with its borders, and most hits fall into it.

type Day = { date: string; from: number; to: number }

const remembered = new Map<string, Day>()
const formats = new Map<string, Intl.DateTimeFormat>()

/** The local date, `2026-11-22`, of an instant in Unix milliseconds. */
export function localDay(timezone: string, instant: number): string {
  const known = remembered.get(timezone)
  if (known && instant >= known.from && instant < known.to) return known.date
  const date = format(timezone).format(instant)
  // Zones change their offset at full quarters of an hour, so a day's borders lie on them.
  const quarter = 900_000
  const here = Math.floor(instant / quarter)
  const isDay = (at: number) => format(timezone).format(at * quarter) === date
  remembered.set(timezone, {
    date,
    from: lastTrue(here, -1, isDay) * quarter,
    to: (lastTrue(here, 1, isDay) + 1) * quarter,
  })
  return date
}

/** The name as the calendar writes it, `Europe/Berlin` for `europe/berlin`; undefined when it knows none. */
export function timezoneName(name: string): string | undefined {
  try {
    return format(name).resolvedOptions().timeZone
  } catch {
    return undefined
  }
}

/** The farthest step from `start` in a direction for which `holds` is still true; at most 26 hours away. */
function lastTrue(start: number, direction: 1 | -1, holds: (at: number) => boolean): number {
  let near = 0
  let far = 26 * 4
  while (far - near > 1) {
    const middle = (near + far) >> 1
    if (holds(start + direction * middle)) near = middle
    else far = middle
  }
  return start + direction * near
}

function format(timezone: string): Intl.DateTimeFormat {
  let known = formats.get(timezone)
  if (!known) {
    known = new Intl.DateTimeFormat('sv-SE', {
      timeZone: timezone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    })
    formats.set(timezone, known)
  }
  return known
}
