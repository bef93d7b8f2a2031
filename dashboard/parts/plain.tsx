// A page with one thing on it: sign-in, setup, a message.

import type { ComponentChildren } from 'preact'
import { text } from '../text.ts'
import { Wordmark } from './logo.tsx'
import { useTitle } from './title.ts'

type PlainProps = { title: string; lead?: string | undefined; busy?: boolean; children?: ComponentChildren }

export function Plain({ title, lead, busy = false, children }: PlainProps) {
  useTitle(title)
  return (
    <div class="plain">
      <header>
        <Wordmark />
      </header>
      <main aria-busy={busy}>
        <h1 class={busy ? 'unseen' : ''}>{title}</h1>
        {lead && <p class="lead">{lead}</p>}
        {busy ? <p class="lead">{text.loading}…</p> : children}
      </main>
    </div>
  )
}
