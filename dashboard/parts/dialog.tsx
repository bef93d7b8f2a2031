// A modal dialog: the browser's own, which keeps the focus inside and closes on Escape.

import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { text } from '../text.ts'
import { Icon } from './icon.tsx'

type DialogProps = {
  title: string
  /** Beside the title. */
  aside?: ComponentChildren
  size?: 'small' | 'large'
  onClose(): void
  children: ComponentChildren
}

export function Dialog({ title, aside, size = 'small', onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()

  useEffect(() => {
    const element = dialog.current
    element?.showModal()
    // Into the form where there is one; else nothing in the dialog is more likely to be wanted than the rest.
    const first = element?.querySelector<HTMLElement>('form input') ?? element
    first?.focus()
    return () => element?.close()
  }, [])

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the click is on the backdrop; Escape is the browser's
    <dialog
      class={`dialog dialog-${size}`}
      ref={dialog}
      tabIndex={-1}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => {
        if (event.target === dialog.current) onClose()
      }}
    >
      <div class="dialog-body">
        <header class="dialog-head">
          <h2 id={titleId}>{title}</h2>
          {aside}
          <button type="button" class="button-quiet button-icon" aria-label={text.close} onClick={onClose}>
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  )
}
