// A form's fields: label, control, hint and error, tied together for screen readers.

import { useSignal } from '@preact/signals'
import type { ComponentChildren, InputHTMLAttributes } from 'preact'
import { useId } from 'preact/hooks'
import { text } from '../text.ts'

type FieldProps = {
  label: string
  hint?: ComponentChildren
  error?: string | undefined
}

type TextFieldProps = FieldProps & {
  name: string
  value: string
  autocomplete?: InputHTMLAttributes['autoComplete']
  placeholder?: string
  inputMode?: 'email' | 'url'
  onInput(value: string): void
}

export function TextField({ label, hint, error, onInput, ...input }: TextFieldProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(wiring) => (
        <input
          {...wiring}
          {...input}
          type="text"
          autocapitalize={input.inputMode ? 'none' : undefined}
          spellcheck={false}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
    </Field>
  )
}

type PasswordFieldProps = FieldProps & {
  value: string
  autocomplete: 'new-password' | 'current-password'
  onInput(value: string): void
}

export function PasswordField({ label, hint, error, value, autocomplete, onInput }: PasswordFieldProps) {
  const shown = useSignal(false)
  return (
    <Field label={label} hint={hint} error={error}>
      {(wiring) => (
        <span class="with-button">
          <input
            {...wiring}
            name="password"
            type={(shown.value ? 'text' : 'password') as 'password'}
            value={value}
            autocomplete={autocomplete}
            spellcheck={false}
            onInput={(event) => onInput(event.currentTarget.value)}
          />
          <button
            type="button"
            class="button-quiet"
            aria-label={shown.value ? text.form.hidePassword : text.form.showPassword}
            onClick={() => {
              shown.value = !shown.value
            }}
          >
            {shown.value ? text.form.hide : text.form.show}
          </button>
        </span>
      )}
    </Field>
  )
}

type SelectFieldProps = FieldProps & {
  name: string
  value: string
  options: readonly { value: string; title: string }[]
  onInput(value: string): void
}

export function SelectField({ label, hint, error, name, value, options, onInput }: SelectFieldProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(wiring) => (
        <select {...wiring} name={name} value={value} onInput={(event) => onInput(event.currentTarget.value)}>
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.title}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}

type Wiring = { id: string; 'aria-describedby': string | undefined; 'aria-invalid': boolean }

function Field({
  label,
  hint,
  error,
  children,
}: FieldProps & { children: (wiring: Wiring) => ComponentChildren }) {
  const id = useId()
  const note = hint !== undefined || error !== undefined ? `${id}-note` : undefined
  return (
    <div class={`field ${error ? 'field-wrong' : ''}`}>
      <label for={id}>{label}</label>
      {children({ id, 'aria-describedby': note, 'aria-invalid': error !== undefined })}
      {note && (
        <div class="field-note" id={note} aria-live="polite">
          {error ?? hint}
        </div>
      )}
    </div>
  )
}
