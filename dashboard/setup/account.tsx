// The first step of the setup: the owner's account and the first site.

import { useSignal } from '@preact/signals'
import { api } from '../api.ts'
import { PasswordField, TextField } from '../parts/field.tsx'
import { Failure } from '../parts/notice.tsx'
import { type FieldErrors, useSubmit } from '../parts/submit.ts'
import { navigate } from '../router.ts'
import { loadSession } from '../session.ts'
import { text } from '../text.ts'
import { leastPasswordLength, strengthOf } from './password.ts'
import { checkSite, SiteFields, withProtocol } from './site-fields.tsx'
import { guessTimezone } from './timezone.ts'

type Draft = { key: string; email: string; password: string; name: string; url: string; timezone: string }

export function Account({ setupKey }: { setupKey: string }) {
  const draft = useSignal<Draft>({
    key: setupKey,
    email: '',
    password: '',
    name: '',
    url: '',
    timezone: guessTimezone(),
  })
  const { errors, failure, busy, submit } = useSubmit(async () => {
    const { key, email, password, name, url, timezone } = draft.value
    const { siteId } = await api.setUp({
      key: key.trim(),
      email: email.trim(),
      password,
      siteName: name.trim(),
      siteUrl: withProtocol(url),
      timezone,
    })
    await loadSession()
    navigate(`/sites/${siteId}?show=install`, true)
  })
  const { key, email, password, name, url, timezone } = draft.value
  const change = (part: Partial<Draft>) => {
    draft.value = { ...draft.value, ...part }
  }
  const wrongKey = failure?.code === 'wrong_setup_key'

  return (
    <form
      class="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        submit(check(draft.value), event.currentTarget)
      }}
    >
      {failure && <Failure error={failure} />}
      {(setupKey === '' || wrongKey) && (
        <TextField
          label={text.form.setupKey}
          hint={text.form.setupKeyHint}
          name="key"
          autocomplete="off"
          value={key}
          onInput={(key) => change({ key })}
        />
      )}
      <h2>{text.setup.account}</h2>
      <TextField
        label={text.form.email}
        name="email"
        inputMode="email"
        autocomplete="username"
        value={email}
        error={errors.email}
        onInput={(email) => change({ email })}
      />
      <PasswordField
        label={text.form.password}
        hint={<StrengthHint password={password} />}
        autocomplete="new-password"
        value={password}
        error={errors.password}
        onInput={(password) => change({ password })}
      />
      <h2>{text.setup.site}</h2>
      <SiteFields site={{ name, url, timezone }} errors={errors} onChange={change} />
      <button type="submit" class="button button-main" disabled={busy}>
        {busy ? text.setup.submitting : text.setup.submit}
      </button>
    </form>
  )
}

function StrengthHint({ password }: { password: string }) {
  const strength = strengthOf(password)
  if (strength.level === 'empty') return <>{text.form.passwordHint}</>
  return (
    <span class="strength">
      <span class={`strength-bar strength-${strength.level}`} aria-hidden="true" />
      {strength.level === 'short' ? text.strength.short(strength.missing) : text.strength[strength.level]}
    </span>
  )
}

function check(draft: Draft): FieldErrors {
  return {
    ...(/^\S+@\S+$/.test(draft.email.trim()) ? {} : { email: text.errors.invalid_email }),
    ...([...draft.password].length >= leastPasswordLength ? {} : { password: text.errors.weak_password }),
    ...checkSite(draft),
  }
}
