// From one site to another; with a search where there are many.

import { useSignal } from '@preact/signals'
import type { Site } from '../api.ts'
import { hostOf } from '../name.ts'
import { Icon } from '../parts/icon.tsx'
import { Popover } from '../parts/popover.tsx'
import { place } from '../router.ts'
import { session } from '../session.ts'
import { text } from '../text.ts'

const searchFrom = 8

export function SiteSwitcher({ site, onAdd }: { site: Site; onAdd: () => void }) {
  return (
    <Popover
      label={text.header.switchSite(site.name)}
      class="header-site"
      button={
        <>
          <span class="cut">{site.name}</span>
          <Icon name="down" />
        </>
      }
    >
      {(close) => (
        <>
          <SiteList current={site} onChosen={close} />
          <button
            type="button"
            class="menu-item menu-last"
            onClick={() => {
              close()
              onAdd()
            }}
          >
            <Icon name="plus" />
            {text.header.addSite}
          </button>
        </>
      )}
    </Popover>
  )
}

function SiteList({ current, onChosen }: { current: Site; onChosen: () => void }) {
  const search = useSignal('')
  const sites = session.value.state === 'in' ? session.value.sites : []
  const wanted = search.value.trim().toLowerCase()
  const found = sites.filter((site) => `${site.name} ${site.urls.join(' ')}`.toLowerCase().includes(wanted))
  return (
    <>
      {sites.length >= searchFrom && (
        <input
          type="search"
          data-first
          class="site-search"
          aria-label={text.header.findSite}
          placeholder={text.header.findSite}
          value={search.value}
          onInput={(event) => {
            search.value = event.currentTarget.value
          }}
        />
      )}
      <ul class="menu menu-long">
        {found.map((site) => (
          <li key={site.id}>
            <a
              class="menu-item"
              href={siteLink(site)}
              aria-current={site.id === current.id ? 'page' : undefined}
              onClick={onChosen}
            >
              <span class="cut">{site.name}</span>
              <span class="menu-aside cut">{hostOf(site.urls[0] ?? '')}</span>
            </a>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p class="menu-note">{text.header.noSite}</p>}
    </>
  )
}

/** Keeps the period. */
function siteLink(site: Site): string {
  const query = new URLSearchParams()
  for (const name of ['period', 'date']) {
    const value = place.value.query.get(name)
    if (value) query.set(name, value)
  }
  return query.size > 0 ? `/sites/${site.id}?${query}` : `/sites/${site.id}`
}
