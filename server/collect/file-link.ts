// A click on a link whose address looks like that of a file, as our own script reports it (`ff_file`). Which endings are
// files is a setting of the site: the script need not carry the list, and a change holds at once.

import { isUnder } from '../enrich/referrer.ts'
import { splitUrl, type UrlParts } from '../enrich/url.ts'
import { pageUrl } from './action.ts'
import type { Beacon } from './beacon.ts'

/** Makes a download or an outlink of it; a page of the site itself is neither. */
export function readFileLink(beacon: Beacon): void {
  const { parameters, site } = beacon
  const target = splitUrl(parameters.ff_file ?? '')
  if (!target) return
  if (endsAsOneOf(target, site.settings.downloadExtensions)) parameters.download = parameters.ff_file
  else if (splitUrl(pageUrl(beacon))?.host !== target.host && !isUnder(target, site.urls)) {
    parameters.link = parameters.ff_file
  }
}

/** As in `/list.pdf` or `/get?file=list.pdf&lang=en`. */
function endsAsOneOf({ path, query }: UrlParts, endings: readonly string[]): boolean {
  for (const [, ending = ''] of `${path}?${query}`.matchAll(/\.(\w+)(?=[?&]|$)/g)) {
    if (endings.includes(ending.toLowerCase())) return true
  }
  return false
}
