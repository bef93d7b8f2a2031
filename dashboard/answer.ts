// An answer of the server inside a component: loaded when its address changes, again on `refresh`, kept while
// the next one is on its way, and remembered so that going back shows it at once.

import { signal, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { ApiError, ask } from './api.ts'
import { signedOut } from './session.ts'
import { text } from './text.ts'

export type Answer<T> = {
  /** The newest answer, perhaps still that of the address before: see `loading`. */
  data: T | undefined
  error: ApiError | undefined
  loading: boolean
  retry(): void
}

/** Counts up when what is shown should be asked for again. */
export const refresh = signal(0)

const remembered = new Map<string, unknown>()
const memory = 200

/** @param path undefined: ask nothing yet. */
export function useAnswer<T>(path: string | undefined): Answer<T> {
  const state = useSignal<{ path?: string; data?: T; error?: ApiError }>({})
  const attempt = useSignal(0)
  useEffect(() => {
    if (path === undefined) return
    const abort = new AbortController()
    const known = remembered.get(path)
    if (known !== undefined && state.peek().path !== path) state.value = { path, data: known as T }
    ask<T>('GET', path, undefined, abort.signal).then(
      (data) => {
        remember(path, data)
        state.value = { path, data }
      },
      (error: unknown) => {
        if (abort.signal.aborted) return
        const failure = error instanceof ApiError ? error : new ApiError(0, 'unexpected', text.unexpected(0))
        if (failure.status === 401) signedOut()
        // A refresh that fails leaves what is shown: the next one may succeed.
        else if (state.peek().path !== path || !state.peek().data) state.value = { path, error: failure }
      },
    )
    return () => abort.abort()
  }, [path, attempt.value, refresh.value])

  const { data, error, path: answered } = state.value
  return {
    data,
    error: answered === path ? error : undefined,
    loading: path !== undefined && answered !== path,
    retry: () => {
      state.value = {}
      attempt.value++
    },
  }
}

export function forgetAnswers(): void {
  remembered.clear()
}

function remember(path: string, data: unknown): void {
  remembered.delete(path)
  remembered.set(path, data)
  const oldest = remembered.keys().next().value
  if (remembered.size > memory && oldest !== undefined) remembered.delete(oldest)
}
