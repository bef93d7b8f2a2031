// The time zones that the browser knows, for a select.

export function timezones(): string[] {
  const known = Intl.supportedValuesOf('timeZone')
  const own = guessTimezone()
  return [...new Set([...known, own, 'UTC'])].sort()
}

export function guessTimezone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'
}

export function timezoneOptions(): { value: string; title: string }[] {
  return timezones().map((zone) => ({ value: zone, title: zone.replaceAll('_', ' ') }))
}
