// `footfall rollup`: makes now what the service makes every minute by itself.

import { parseArgs } from 'node:util'
import type { Command, Output } from '../command.ts'
import type { Footfall } from '../footfall.ts'
import { rollUp } from './rolling.ts'

export const rollupCommand: Command = {
  summary: 'Roll up finished days, weeks, months and years',
  usage: 'rollup',
  run: rollup,
}

async function rollup(
  { store, sites, now, settle }: Footfall,
  args: string[],
  output: Output,
): Promise<void> {
  parseArgs({ args, options: {} })
  await settle()
  const made = await rollUp({
    store,
    sites: sites.all(),
    now: now(),
    settleFor: 0,
    progress: (site, what) => output.progress(`${site.name}: ${what}`),
  })
  output.line(
    made.days + made.wholes === 0
      ? 'Everything that is over was rolled up already.'
      : `Rolled up ${counted(made.days, 'day')} and ${counted(made.wholes, 'longer period')}.`,
  )
}

function counted(number: number, one: string): string {
  return `${number} ${number === 1 ? one : `${one}s`}`
}
