// The sign-in page.

import { useSignal } from '@preact/signals'
import { api } from './api.ts'
import { PasswordField, TextField } from './parts/field.tsx'
import { Failure } from './parts/notice.tsx'
import { Plain } from './parts/plain.tsx'
import { useSubmit } from './parts/submit.ts'
import { safeTarget } from './route.ts'
import { navigate, place } from './router.ts'
import { loadSession } from './session.ts'
import { text } from './text.ts'

export function SignIn() {
  const email = useSignal('')
  const password = useSignal('')
  const target = place.value.query.get('to')
  const { errors, failure, busy, submit } = useSubmit(async () => {
    await api.signIn(email.value.trim(), password.value)
    await loadSession()
    navigate(safeTarget(target), true)
  })

  return (
    <Plain title={text.signIn.title} lead={target ? text.signIn.expired : undefined}>
      <form
        class="form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          submit(check(email.value, password.value), event.currentTarget)
        }}
      >
        {failure && <Failure error={failure} />}
        <TextField
          label={text.form.email}
          name="email"
          inputMode="email"
          autocomplete="username"
          value={email.value}
          error={errors.email}
          onInput={(value) => {
            email.value = value
          }}
        />
        <PasswordField
          label={text.form.password}
          autocomplete="current-password"
          value={password.value}
          error={errors.password}
          onInput={(value) => {
            password.value = value
          }}
        />
        <button type="submit" class="button button-main" disabled={busy}>
          {busy ? text.signIn.submitting : text.signIn.submit}
        </button>
      </form>
    </Plain>
  )
}

function check(email: string, password: string) {
  return {
    ...(email.trim() === '' ? { email: text.errors.invalid_email } : {}),
    ...(password === '' ? { password: text.signIn.noPassword } : {}),
  }
}
