// `footfall token`: a new API token for somebody who has an account.

import { parseArgs } from 'node:util'
import { type Command, type Output, UsageError } from '../command.ts'
import type { Footfall } from '../footfall.ts'

export const tokenCommand: Command = {
  summary: 'Create an API token; it is shown this once',
  usage: 'token [--email E] [--name N] [--json]',
  run: token,
}

async function token(service: Footfall, args: string[], output: Output): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      email: { type: 'string' },
      name: { type: 'string', default: 'command line' },
      json: { type: 'boolean', default: false },
    },
  })
  const user = service.users.find(values.email)
  if (!user) {
    throw new UsageError(
      values.email ? `There is no account ${values.email}.` : 'There is no account yet: run setup first.',
    )
  }
  const secret = await service.tokens.issue(user.id, 'api', values.name.slice(0, 100))
  output.line(values.json ? JSON.stringify({ token: secret }) : secret)
}
