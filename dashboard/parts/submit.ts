// Sending a form: once at a time, refusals put to the field they are about, the focus moved to the first.

import { useSignal } from '@preact/signals'
import { ApiError } from '../api.ts'
import { text } from '../text.ts'

/** What is wrong with a field, by its name. */
export type FieldErrors = Readonly<Record<string, string>>

export type Submission = {
  errors: FieldErrors
  /** A refusal that belongs to no field. */
  failure: ApiError | undefined
  busy: boolean
  /** @param found what is known to be wrong without the server: then it is not asked. */
  submit(found: FieldErrors, form: HTMLFormElement): void
}

export function useSubmit(send: () => Promise<void>): Submission {
  const state = useSignal<{ errors: FieldErrors; failure?: ApiError; busy: boolean }>({
    errors: {},
    busy: false,
  })

  async function submit(found: FieldErrors, form: HTMLFormElement) {
    if (state.peek().busy) return
    if (Object.keys(found).length > 0) {
      state.value = { errors: found, busy: false }
      focusFirstError(form)
      return
    }
    state.value = { errors: {}, busy: true }
    try {
      await send()
      state.value = { errors: {}, busy: false }
    } catch (error) {
      const failure = error instanceof ApiError ? error : new ApiError(0, 'unexpected', text.unexpected(0))
      const field = fieldOfCode[failure.code]
      state.value = field
        ? { errors: { [field]: failure.message }, busy: false }
        : { errors: {}, failure, busy: false }
      focusFirstError(form)
    }
  }

  const { errors, failure, busy } = state.value
  return { errors, failure, busy, submit: (found, form) => void submit(found, form) }
}

/** After the errors are on the page. */
function focusFirstError(form: HTMLFormElement): void {
  requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
}

/** Which field a refusal of the server is about. */
const fieldOfCode: Readonly<Record<string, string>> = {
  invalid_email: 'email',
  weak_password: 'password',
  invalid_name: 'name',
  invalid_url: 'url',
  invalid_timezone: 'timezone',
}
