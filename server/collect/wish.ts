// The step that honours what the visitor asked for: such a request is answered as usual, nothing is stored and no
// cookie is set.

import { wishOf } from '../privacy/wish.ts'
import type { Beacon, DropReason } from './beacon.ts'

export function honourWishes({ headers, cookies, site }: Beacon): DropReason | undefined {
  return wishOf(headers, cookies, site.settings.honourDoNotTrack)
}
