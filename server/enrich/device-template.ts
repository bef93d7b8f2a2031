// Names, models and versions as rules give them: with $1 to $9 for what their expression found.

/** Groups that found nothing leave nothing. */
export function filled(template: string, groups: readonly (string | undefined)[]): string {
  if (!template.includes('$')) return template
  return template.replace(/\$(\d)/g, (_, number: string) => groups[Number(number)] ?? '').trim()
}

/** With dots, and none at the end: `10_15_7.` is 10.15.7. */
export function versionOf(template: string, groups: readonly (string | undefined)[]): string {
  return filled(template, groups).replaceAll('_', '.').replace(/\.$/, '').trim()
}

/** Below, equal to or above 0. A version is lower than one that goes on after it: 8 is lower than 8.0. */
export function compareVersions(one: string, other: string): number {
  const left = one.split('.')
  const right = other.split('.')
  const length = Math.min(left.length, right.length)
  for (let i = 0; i < length; i++) {
    const difference = Number.parseInt(left[i] ?? '', 10) - Number.parseInt(right[i] ?? '', 10)
    if (difference) return difference
  }
  return left.length - right.length
}
