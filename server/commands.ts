// The commands that work on the data. They run in the process that owns the data folder: in this one, or in the
// service that already runs on it, which is asked over HTTP.

import { AdminError } from './admin/admin-error.ts'
import { setupCommand } from './admin/setup-command.ts'
import { tokenCommand } from './admin/token-command.ts'
import { finalizeCommand } from './archive/finalize.ts'
import { rollupCommand } from './archive/rollup-command.ts'
import { type Command, CommandError, type Output, UsageError } from './command.ts'
import type { Config } from './config.ts'
import { demoCommand } from './demo/demo.ts'
import { type Footfall, openFootfall } from './footfall.ts'
import { journalCommand } from './journal/journal-command.ts'
import { findRunning } from './running.ts'

const all: Record<string, Command> = {
  setup: setupCommand,
  token: tokenCommand,
  rollup: rollupCommand,
  finalize: finalizeCommand,
  demo: demoCommand,
  journal: journalCommand,
}

export const commands = new Map(Object.entries(all))

/** Runs a command where the data is. Returns the exit code. */
export async function runCommand(
  name: string,
  args: string[],
  config: Config,
  output: Output,
): Promise<number> {
  const running = await findRunning(config.data)
  if (running) return await askRunning(running.url, running.commandKey, name, args, output)
  const errors: string[] = []
  const log = { info: () => {}, error: (_facts: object, message: string) => errors.push(message) }
  const service = await openFootfall(config, log)
  try {
    return await runIn(service, name, args, output)
  } finally {
    await service.close()
    for (const message of new Set(errors)) output.line(message)
  }
}

/** Runs a command in this process. Returns the exit code. */
export async function runIn(
  service: Footfall,
  name: string,
  args: string[],
  output: Output,
): Promise<number> {
  const command = commands.get(name)
  if (!command) return 2
  try {
    await command.run(service, args, output)
    return 0
  } catch (error) {
    if (error instanceof AdminError || error instanceof CommandError) {
      output.line(error.message)
      return 1
    }
    if (error instanceof UsageError || isParseError(error)) {
      output.line(`${(error as Error).message}\nUsage: footfall ${command.usage}`)
      return 2
    }
    throw error
  }
}

async function askRunning(
  url: string,
  key: string,
  name: string,
  args: string[],
  output: Output,
): Promise<number> {
  const answer = await fetch(`${url}/api/commands`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name, args }),
  })
  if (!answer.ok || !answer.body)
    throw new Error(`The running service refused the command (${answer.status}).`)
  let rest = ''
  for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const told = JSON.parse(line) as { line?: string; progress?: string; exit?: number }
      if (told.line !== undefined) output.line(told.line)
      if (told.progress !== undefined) output.progress(told.progress)
      if (told.exit !== undefined) return told.exit
    }
  }
  throw new Error('The running service stopped before the command was done.')
}

function isParseError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
}
