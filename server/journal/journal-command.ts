// `footfall journal`: what waits to be shipped, what ClickHouse refused, and how to ship that again. Nothing here
// deletes accepted hits: whoever wants that deletes the file.

import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Command, CommandError, type Output, UsageError } from '../command.ts'
import type { Footfall } from '../footfall.ts'
import type { Journal } from './journal.ts'

export const journalCommand: Command = {
  summary: 'Show what waits to be shipped and what was refused; retry ships that again',
  usage: 'journal [status|retry]',
  run: journal,
}

async function journal(service: Footfall, args: string[], output: Output): Promise<void> {
  const { positionals } = parseArgs({ args, options: {}, allowPositionals: true })
  const [wanted = 'status', ...more] = positionals
  if (more.length > 0 || (wanted !== 'status' && wanted !== 'retry')) {
    throw new UsageError(`journal ${positionals.join(' ')} is not known.`)
  }
  if (wanted === 'retry') await retry(service.journal, output)
  else await status(service, output)
}

async function status({ config, journal, now }: Footfall, output: Output): Promise<void> {
  const { hits, bytes, segments, oldest } = journal.backlog()
  const { failure, lastShipped, diskFree } = journal
  if (failure !== undefined) output.line(`Hits cannot be kept: ${failure}`)
  const age = oldest === undefined ? 0 : Math.max(0, Math.round((now() - oldest) / 1000))
  output.line(
    segments === 0
      ? 'Waiting: nothing'
      : `Waiting: ${counted(hits, 'hit')} in ${counted(segments, 'segment')}, ${size(bytes)}, for ${counted(age, 'second')}`,
  )
  output.line(
    `Last shipped: ${lastShipped === undefined ? 'nothing since the start' : new Date(lastShipped).toISOString()}`,
  )
  if (diskFree !== undefined) output.line(`Free on its disk: ${size(diskFree)}`)
  const refused = await journal.rejectedSegments()
  if (refused.length === 0) {
    output.line('Refused: nothing')
    return
  }
  output.line(`Refused: ${counted(refused.length, 'segment')} in ${join(config.data, 'journal', 'rejected')}`)
  for (const segment of refused) {
    output.line(
      `  ${segment.name}  ${counted(segment.hits, 'hit')}, ${size(segment.bytes)}: ${segment.reason}`,
    )
  }
}

async function retry(journal: Journal, output: Output): Promise<void> {
  output.progress('Shipping what was refused ...')
  const { shipped, rejected } = await journal.retryRejected()
  for (const name of shipped) output.line(`${name}: shipped`)
  const reasons = new Map((await journal.rejectedSegments()).map(({ name, reason }) => [name, reason]))
  for (const name of rejected) output.line(`${name}: refused again: ${reasons.get(name)}`)
  const all = shipped.length + rejected.length
  if (all === 0) output.line('No segment is set aside.')
  if (rejected.length > 0) {
    throw new CommandError(`Refused again: ${rejected.length} of ${counted(all, 'segment')}.`)
  }
}

function counted(count: number, what: string): string {
  return `${count.toLocaleString('en-US')} ${what}${count === 1 ? '' : 's'}`
}

function size(bytes: number): string {
  return bytes < 1e5 ? counted(bytes, 'byte') : `${(bytes / 1e6).toFixed(1)} MB`
}
