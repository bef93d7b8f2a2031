import { parseArgs } from 'node:util'

type Range = { value: number; least: number; most: number }

/** `--name number` for each name, or else its value. Anything else ends the process with the reason and the usage. */
export function numberOptions<Name extends string>(ranges: Record<Name, Range>): Record<Name, number> {
  const names = Object.keys(ranges) as Name[]
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]))
  try {
    const { values } = parseArgs({ options })
    const numbers = names.map((name) => [name, numberOf(name, values[name], ranges[name])])
    return Object.fromEntries(numbers)
  } catch (error) {
    const usage = names.map((name) => `[--${name} ${ranges[name].value}]`).join(' ')
    console.error(`${error instanceof Error ? error.message : error}\nOptions: ${usage}`)
    process.exit(2)
  }
}

function numberOf(name: string, text: string | undefined, { value, least, most }: Range): number {
  if (text === undefined) return value
  const number = Number(text)
  if (!/^\d+$/.test(text) || number < least || number > most)
    throw new Error(`--${name} must be a whole number from ${least} to ${most}.`)
  return number
}
