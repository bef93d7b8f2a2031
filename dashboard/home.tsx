// `/`: on to the site that was looked at last, or to the first one to be added.

import { useEffect } from 'preact/hooks'
import type { Site } from './api.ts'
import { Plain } from './parts/plain.tsx'
import { navigate } from './router.ts'
import { AddSiteForm } from './site/add-site.tsx'
import { text } from './text.ts'

const key = 'footfall.site'

export function Home({ sites }: { sites: readonly Site[] }) {
  const last = sites.find((site) => String(site.id) === lastSite()) ?? sites[0]
  useEffect(() => {
    if (last) navigate(`/sites/${last.id}`, true)
  }, [last])
  if (last) return <Plain title={text.product} busy />
  return (
    <Plain title={text.noSites.title} lead={text.noSites.lead}>
      <AddSiteForm />
    </Plain>
  )
}

export function rememberSite(id: number): void {
  try {
    localStorage.setItem(key, String(id))
  } catch {
    // Storage may be forbidden: then `/` leads to the first site.
  }
}

function lastSite(): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}
