// `footfall setup`: what the setup page does, for scripts.

import { parseArgs } from 'node:util'
import { type Command, type Output, UsageError } from '../command.ts'
import type { Footfall } from '../footfall.ts'

export const setupCommand: Command = {
  summary: 'Create the owner, the first site and an API token',
  usage: 'setup --email E --password P --site-name N --site-url U [--timezone Z] [--json]',
  run: setup,
}

async function setup(service: Footfall, args: string[], output: Output): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      email: { type: 'string' },
      password: { type: 'string' },
      'site-name': { type: 'string' },
      'site-url': { type: 'string' },
      timezone: { type: 'string', default: Intl.DateTimeFormat().resolvedOptions().timeZone },
      json: { type: 'boolean', default: false },
    },
  })
  const { email, password, timezone, 'site-name': siteName, 'site-url': siteUrl } = values
  if (!email || !password || !siteName || !siteUrl) {
    throw new UsageError('--email, --password, --site-name and --site-url are needed.')
  }
  const { user, site } = await service.setup.run({ email, password, siteName, siteUrl, timezone })
  const token = await service.tokens.issue(user.id, 'api', 'setup')
  if (values.json) return output.line(JSON.stringify({ siteId: site.id, token }))
  output.line(`Site ${site.id} (${site.name}) and the account ${user.email} are ready.`)
  output.line(`API token, shown only now: ${token}`)
}
