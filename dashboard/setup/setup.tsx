// The page behind the link that the first start prints.

import { useAnswer } from '../answer.ts'
import { api } from '../api.ts'
import { Failure } from '../parts/notice.tsx'
import { Plain } from '../parts/plain.tsx'
import { place } from '../router.ts'
import { text } from '../text.ts'
import { Account } from './account.tsx'

export function Setup() {
  const { data, error, retry } = useAnswer<{ needed: boolean }>(api.setupPath)
  const key = place.value.query.get('key') ?? ''
  if (error)
    return (
      <Plain title={text.setup.title}>
        <Failure error={error} retry={retry} />
      </Plain>
    )
  if (!data) return <Plain title={text.setup.title} busy />
  if (!data.needed) {
    return (
      <Plain title={text.setup.title} lead={text.setup.done}>
        <a class="button button-main" href="/">
          {text.setup.toSignIn}
        </a>
      </Plain>
    )
  }
  return (
    <Plain
      title={key ? text.setup.title : text.setup.noKey}
      lead={key ? text.setup.lead : text.setup.noKeyLead}
    >
      <Account setupKey={key} />
    </Plain>
  )
}
