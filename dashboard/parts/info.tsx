// Explains a word, by a small "i" or by the word itself: while the pointer or the focus is on it, or after a tap.

import { useSignal } from '@preact/signals'
import { useEffect, useId, useRef } from 'preact/hooks'
import { text } from '../text.ts'

type InfoProps = {
  title: string
  /** The word itself is what is pointed at. */
  word?: boolean
  children: string
}

export function Info({ title, word = false, children }: InfoProps) {
  const open = useSignal(false)
  const id = useId()
  const bubble = useRef<HTMLSpanElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const isOpen = open.value

  useEffect(() => {
    if (!isOpen) return
    if (button.current && bubble.current) keepInView(button.current, bubble.current)
    const hide = () => {
      open.value = false
    }
    const onEscape = (event: KeyboardEvent) => {
      if (event.key === 'Escape') hide()
    }
    addEventListener('scroll', hide, { passive: true, capture: true })
    addEventListener('keydown', onEscape)
    return () => {
      removeEventListener('scroll', hide, { capture: true })
      removeEventListener('keydown', onEscape)
    }
  }, [isOpen, open])

  function show(value: boolean) {
    open.value = value
  }

  return (
    <span class={word ? 'info-word' : 'info'}>
      <button
        type="button"
        ref={button}
        aria-label={word ? undefined : text.table.about(title)}
        aria-describedby={isOpen ? id : undefined}
        onPointerEnter={(event) => event.pointerType === 'mouse' && show(true)}
        onPointerLeave={(event) => event.pointerType === 'mouse' && show(false)}
        onFocus={() => show(true)}
        onBlur={() => show(false)}
        onClick={() => show(true)}
      >
        {word ? title : 'i'}
      </button>
      {isOpen && (
        <span class="bubble" role="tooltip" id={id} ref={bubble}>
          {children}
        </span>
      )}
    </span>
  )
}

/** Below the button and inside the window, above where there is no room below. */
function keepInView(button: HTMLElement, bubble: HTMLElement): void {
  const at = button.getBoundingClientRect()
  const { width, height } = bubble.getBoundingClientRect()
  const edge = 8
  const left = Math.min(Math.max(edge, at.left + at.width / 2 - width / 2), innerWidth - width - edge)
  const below = at.bottom + edge
  const top = below + height > innerHeight ? at.top - height - edge : below
  bubble.style.left = `${left}px`
  bubble.style.top = `${top}px`
}
