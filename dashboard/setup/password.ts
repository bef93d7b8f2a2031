// How hard a password is to guess, roughly: for a hint while typing. The server alone decides what is allowed.

export type Strength =
  | { level: 'empty' }
  | { level: 'short'; missing: number }
  | { level: 'weak' | 'fair' | 'strong' }

export const leastPasswordLength = 12

const common = /pass(wor[dt])?|qwert|asdf|1234|abcd|letmein|admin|welcome|iloveyou|footfall|monkey|dragon/gi

export function strengthOf(password: string): Strength {
  const characters = [...password]
  if (characters.length === 0) return { level: 'empty' }
  if (characters.length < leastPasswordLength) {
    return { level: 'short', missing: leastPasswordLength - characters.length }
  }
  // What everybody writes, and what repeats, adds next to nothing.
  const rest = password.replace(common, '').replace(/(.+?)\1+/g, '$1')
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\d/, /[^\p{L}\d]/u].filter((kind) => kind.test(rest)).length
  const score = [...rest].length + 2 * kinds
  if (score < 13 || new Set(rest).size < 6) return { level: 'weak' }
  return { level: score < 22 ? 'fair' : 'strong' }
}
