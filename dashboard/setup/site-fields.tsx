// Name, address and time zone of a new site: the same in the setup and in "Add a site".

import { SelectField, TextField } from '../parts/field.tsx'
import type { FieldErrors } from '../parts/submit.ts'
import { text } from '../text.ts'
import { timezoneOptions } from './timezone.ts'

export type SiteDraft = { name: string; url: string; timezone: string }

const options = timezoneOptions()

type SiteFieldsProps = {
  site: SiteDraft
  errors: FieldErrors
  onChange(site: SiteDraft): void
}

export function SiteFields({ site, errors, onChange }: SiteFieldsProps) {
  return (
    <>
      <TextField
        label={text.form.siteName}
        hint={text.form.siteNameHint}
        name="siteName"
        value={site.name}
        error={errors.name}
        autocomplete="off"
        onInput={(name) => onChange({ ...site, name })}
      />
      <TextField
        label={text.form.siteUrl}
        hint={text.form.siteUrlHint}
        name="siteUrl"
        inputMode="url"
        placeholder="https://example.org"
        autocomplete="url"
        value={site.url}
        error={errors.url}
        onInput={(url) => onChange({ ...site, url })}
      />
      <SelectField
        label={text.form.timezone}
        hint={text.form.timezoneHint}
        name="timezone"
        value={site.timezone}
        error={errors.timezone}
        options={options}
        onInput={(timezone) => onChange({ ...site, timezone })}
      />
    </>
  )
}

/** What can be seen to be missing before the server is asked. */
export function checkSite(site: SiteDraft): FieldErrors {
  return {
    ...(site.name.trim() === '' ? { name: text.errors.invalid_name } : {}),
    ...(URL.canParse(withProtocol(site.url)) && site.url.trim() !== ''
      ? {}
      : { url: text.errors.invalid_url }),
  }
}

/** `example.org` as people type it, made an address. */
export function withProtocol(url: string): string {
  const trimmed = url.trim()
  return /^[a-z][a-z\d+.-]*:\/\//i.test(trimmed) || trimmed === '' ? trimmed : `https://${trimmed}`
}
