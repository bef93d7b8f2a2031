// Hosts that send invented visits so that owners click on them in their reports. Our own list; short on purpose:
// each name was seen doing nothing else.

import { remembered } from './remembered.ts'

const hosts = [
  '4webmasters.org',
  'best-seo-offer.com',
  'best-seo-solution.com',
  'blackhatworth.com',
  'buttons-for-website.com',
  'buttons-for-your-website.com',
  'cenoval.ru',
  'darodar.com',
  'econom.co',
  'event-tracking.com',
  'free-share-buttons.com',
  'free-social-buttons.com',
  'get-free-traffic-now.com',
  'guardlink.org',
  'hulfingtonpost.com',
  'ilovevitaly.com',
  'kambasoft.com',
  'o-o-6-o-o.com',
  'priceg.com',
  'savetubevideo.com',
  'semalt.com',
  'simple-share-buttons.com',
  'success-seo.com',
  'trafficmonetize.org',
  'videos-for-your-business.com',
  'webmonetizer.net',
]

/** Matomo: a name of the list anywhere in the referrer's address, whatever its case. */
export const isSpamReferrer = remembered(5000, (url) => {
  const lower = url.toLowerCase()
  return hosts.some((host) => lower.includes(host))
})
