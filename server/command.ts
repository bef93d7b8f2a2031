// What a command is: it takes a Footfall and its own arguments, and says what it does.

import type { Footfall } from './footfall.ts'

export type Output = {
  line(text: string): void
  /** Replaced by the next progress or line. */
  progress(text: string): void
}

/** What was typed cannot be understood; the usage is shown with it. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/** What was asked for could not be done, or not all of it. */
export class CommandError extends Error {
  override name = 'CommandError'
}

export type Command = {
  summary: string
  usage: string
  /** @throws UsageError, AdminError or CommandError with a sentence for the person who typed it. */
  run(service: Footfall, args: string[], output: Output): Promise<void>
}
