// Code to copy with a button that copies it, also where the browser has no clipboard for us (plain http).

import { useSignal } from '@preact/signals'
import { useId, useRef } from 'preact/hooks'
import { text } from '../text.ts'

export function Snippet({ title, code }: { title: string; code: string }) {
  const outcome = useSignal<'none' | 'copied' | 'failed'>('none')
  const area = useRef<HTMLTextAreaElement>(null)
  const id = useId()

  async function copy() {
    outcome.value = (await toClipboard(code, area.current)) ? 'copied' : 'failed'
  }

  return (
    <div class="snippet">
      <div class="snippet-head">
        <label id={`${id}-title`} for={id}>
          {title}
        </label>
        <button type="button" class="button" aria-describedby={`${id}-title`} onClick={copy}>
          {outcome.value === 'copied' ? text.install.copied : text.install.copy}
        </button>
      </div>
      <textarea
        id={id}
        ref={area}
        readOnly
        rows={code.split('\n').length}
        spellcheck={false}
        value={code}
        onFocus={(event) => event.currentTarget.select()}
      />
      <p role="status" class={outcome.value === 'failed' ? 'snippet-note' : 'unseen'}>
        {outcome.value === 'copied' && text.install.copied}
        {outcome.value === 'failed' && text.install.copyFailed}
      </p>
    </div>
  )
}

async function toClipboard(code: string, area: HTMLTextAreaElement | null): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(code)
    return true
  } catch {
    // No clipboard on an insecure page, or refused: the old command copies what is selected.
    area?.focus()
    area?.select()
    return document.execCommand('copy')
  }
}
