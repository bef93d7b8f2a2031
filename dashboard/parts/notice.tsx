// What stands in place of content: a failure with a way out, or nothing to show.

import type { ComponentChildren } from 'preact'
import type { ApiError } from '../api.ts'
import { text } from '../text.ts'

export function Failure({ error, retry }: { error: ApiError; retry?: (() => void) | undefined }) {
  return (
    <div class="notice notice-failure" role="alert">
      <p>{error.message}</p>
      {retry && (
        <button type="button" class="button" onClick={retry}>
          {text.retry}
        </button>
      )}
    </div>
  )
}

export function Nothing({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="notice">
      <p class="notice-title">{title}</p>
      {children}
    </div>
  )
}
