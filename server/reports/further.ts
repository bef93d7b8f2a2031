// All that is answered beside the catalogue, for those who read about it.

import { allSitesTold } from './all-sites.ts'
import { attributionTold } from './attribution.ts'
import { evolutionTold } from './evolution.ts'
import { funnelTold } from './funnel.ts'
import { goalsTold, goalTold } from './goal.ts'
import { journeysTold } from './journey.ts'
import { retentionTold } from './retention.ts'
import type { Told } from './told.ts'
import { transitionsTold } from './transitions.ts'
import { profileTold } from './visitor-profile.ts'
import { visitsLogTold } from './visits-log.ts'

export const further: readonly Told[] = [
  goalsTold,
  goalTold,
  funnelTold,
  attributionTold,
  retentionTold,
  journeysTold,
  transitionsTold,
  visitsLogTold,
  profileTold,
  allSitesTold,
  evolutionTold,
]
