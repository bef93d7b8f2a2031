// The top of every page of a site.

import { useSignal } from '@preact/signals'
import type { Site } from '../api.ts'
import { Icon } from '../parts/icon.tsx'
import { Wordmark } from '../parts/logo.tsx'
import { Popover } from '../parts/popover.tsx'
import { session, signOut } from '../session.ts'
import { text } from '../text.ts'
import { nextTheme, setTheme, theme } from '../theme.ts'
import { AddSite } from './add-site.tsx'
import { Realtime } from './realtime.tsx'
import { SiteSwitcher } from './site-switcher.tsx'

export function Header({ site }: { site: Site }) {
  const adding = useSignal(false)
  const startAdding = () => {
    adding.value = true
  }
  return (
    <header class="header">
      <a class="header-home" href="/" aria-label={text.product}>
        <Wordmark />
      </a>
      <SiteSwitcher site={site} onAdd={startAdding} />
      <Realtime key={site.id} site={site} />
      <Menu site={site} />
      {adding.value && (
        <AddSite
          onClose={() => {
            adding.value = false
          }}
        />
      )}
    </header>
  )
}

function Menu({ site }: { site: Site }) {
  const email = session.value.state === 'in' ? session.value.user.email : ''
  return (
    <Popover label={text.header.menu} button={<Icon name="menu" />} class="header-menu" align="end">
      {(close) => (
        <div class="menu">
          <p class="menu-note">{text.header.signedIn(email)}</p>
          <a class="menu-item" href={`/sites/${site.id}?show=install`} onClick={close}>
            {text.header.install}
          </a>
          <button type="button" class="menu-item" onClick={() => setTheme(nextTheme())}>
            {text.header.theme[theme.value]}
          </button>
          <button type="button" class="menu-item" onClick={() => void signOut()}>
            {text.signOut}
          </button>
        </div>
      )}
    </Popover>
  )
}
