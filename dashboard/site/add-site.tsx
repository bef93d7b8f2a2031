// The dialog in which a site is added; from there to its tracking code.

import { useSignal } from '@preact/signals'
import { Dialog } from '../parts/dialog.tsx'
import { Failure } from '../parts/notice.tsx'
import { useSubmit } from '../parts/submit.ts'
import { navigate } from '../router.ts'
import { addSite } from '../session.ts'
import { checkSite, type SiteDraft, SiteFields, withProtocol } from '../setup/site-fields.tsx'
import { guessTimezone } from '../setup/timezone.ts'
import { text } from '../text.ts'

export function AddSite({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={text.addSite.title} onClose={onClose}>
      <AddSiteForm onAdded={onClose} onCancel={onClose} />
    </Dialog>
  )
}

export function AddSiteForm({ onAdded, onCancel }: { onAdded?: () => void; onCancel?: () => void }) {
  const draft = useSignal<SiteDraft>({ name: '', url: '', timezone: guessTimezone() })
  const { errors, failure, busy, submit } = useSubmit(async () => {
    const { name, url, timezone } = draft.value
    const site = await addSite({ name: name.trim(), url: withProtocol(url), timezone })
    onAdded?.()
    navigate(`/sites/${site.id}?show=install`)
  })
  return (
    <form
      class="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        submit(checkSite(draft.value), event.currentTarget)
      }}
    >
      {failure && <Failure error={failure} />}
      <SiteFields
        site={draft.value}
        errors={errors}
        onChange={(site) => {
          draft.value = site
        }}
      />
      <div class="form-end">
        {onCancel && (
          <button type="button" class="button" onClick={onCancel}>
            {text.addSite.cancel}
          </button>
        )}
        <button type="submit" class="button button-main" disabled={busy}>
          {busy ? text.addSite.submitting : text.addSite.submit}
        </button>
      </div>
    </form>
  )
}
