// The browser's tab and history show where the reader is.

import { useEffect } from 'preact/hooks'
import { text } from '../text.ts'

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · ${text.product}`
  }, [title])
}
