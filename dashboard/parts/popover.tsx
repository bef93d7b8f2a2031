// A button that opens a small sheet below it. Escape, a click elsewhere and moving the focus on close it.

import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

export type PopoverProps = {
  /** What the button is called; its content may be shorter. */
  label: string
  button: ComponentChildren
  class?: string
  align?: 'start' | 'end' | 'center'
  children: (close: () => void) => ComponentChildren
}

export function Popover({ label, button, class: extra = '', align = 'start', children }: PopoverProps) {
  const open = useSignal(false)
  const root = useRef<HTMLDivElement>(null)
  const opener = useRef<HTMLButtonElement>(null)
  const isOpen = open.value

  function close() {
    open.value = false
    opener.current?.focus()
  }

  useEffect(() => {
    if (!isOpen) return
    const outside = (event: Event) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) open.value = false
    }
    const onEscape = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return
      event.stopPropagation()
      open.value = false
      opener.current?.focus()
    }
    document.addEventListener('pointerdown', outside)
    document.addEventListener('focusin', outside)
    document.addEventListener('keydown', onEscape)
    root.current?.querySelector<HTMLElement>('[data-first]')?.focus()
    return () => {
      document.removeEventListener('pointerdown', outside)
      document.removeEventListener('focusin', outside)
      document.removeEventListener('keydown', onEscape)
    }
  }, [isOpen, open])

  return (
    <div class={`popover ${extra}`} ref={root}>
      <button
        type="button"
        class="popover-opener"
        ref={opener}
        aria-label={label}
        aria-expanded={isOpen}
        aria-haspopup="dialog"
        onClick={() => {
          open.value = !isOpen
        }}
      >
        {button}
      </button>
      {isOpen && (
        <div class={`sheet sheet-${align}`} role="dialog" aria-label={label}>
          {children(close)}
        </div>
      )}
    </div>
  )
}
