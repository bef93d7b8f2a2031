import { expect, test } from 'vitest'
import { told, withoutQuotations } from '../../server/log.ts'
import { StoreError } from '../../server/store/store.ts'

test.each([
  [
    "Cannot parse input: expected '\\\"' before: 'example.org/secret' (at row 1)\nRow 1:\nColumn 0, name: url",
    'Cannot parse input: expected "..." before: "..." ...',
  ],
  [
    "Unknown expression identifier `wrong` in scope SELECT 1 WHERE position(url, 'secret') > 0",
    'Unknown expression identifier `wrong` ...',
  ],
  ["Missing columns: 'a' 'b' while processing query: 'SELECT secret'", 'Missing columns: "..." "..." ...'],
  [
    "Table default.hits doesn't exist. Maybe you meant 'secret'?",
    'Table default.hits doesn\'t exist. Maybe you meant "..."?',
  ],
  ["It was 'cut off in the mid", 'It was "..."'],
  ['Unexpected token s in "secret" is not valid JSON', 'Unexpected token s in "..." is not valid JSON'],
  ['It said: "he said \\"secret\\" to me", and went', 'It said: "...", and went'],
  ['GET /f?token_auth=secret failed', 'GET /f?... failed'],
  ['http://user:secret@db:8123/stats does not answer', 'http://...@db:8123/stats does not answer'],
  ['Is another one running on it?', 'Is another one running on it?'],
])('A message is logged without what it quotes: %s', (message, logged) => {
  expect(withoutQuotations(message)).toBe(logged)
})

test('An error is logged with its kind, its place in the code and its causes, and nothing else that it carries', () => {
  const cause = Object.assign(new TypeError("no 'secret'"), { code: 'E_CAUSE', url: '/secret' })
  const error = new StoreError("Cannot read 'secret'", 27, cause, 'CANNOT_READ')
  const logged = told(error)
  expect(logged).toMatchObject({
    type: 'StoreError',
    code: 27,
    name: 'CANNOT_READ',
    message: 'Cannot read "..."',
    cause: { type: 'TypeError', code: 'E_CAUSE', message: 'no "..."' },
  })
  expect(logged.stack).toMatch(/^ {4}at .*log\.test\.ts/)
  expect(JSON.stringify(logged)).not.toContain('secret')
})

test("The system's own errors keep their words: they speak of files and hosts of this service", () => {
  const error = Object.assign(new Error("ENOENT: no such file or directory, open '/data/journal/1.jsonl'"), {
    code: 'ENOENT',
    syscall: 'open',
  })
  expect(told(error)).toMatchObject({ code: 'ENOENT', message: error.message })
})

test('What was thrown and is no error is logged, too', () => {
  expect(told('a "secret"')).toMatchObject({ type: 'string', message: 'a "..."' })
})
