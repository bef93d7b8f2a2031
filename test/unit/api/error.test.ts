import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { errorHandler } from '../../../server/api/error.ts'
import { StoreError } from '../../../server/store/store.ts'

async function answered(code: number, message: string): Promise<string> {
  const app = Fastify()
  app.setErrorHandler(errorHandler)
  app.get('/', () => {
    throw new StoreError(message, code, undefined)
  })
  const { statusCode, body } = await app.inject('/')
  return `${statusCode} ${JSON.parse(body).error.code}`
}

test.each([
  [159, 'Timeout exceeded'],
  [167, 'AST is too deep. Maximum: 1000'],
  [168, 'AST is too big. Maximum: 500000'],
  [36, 'Query tree is too big. Maximum: 500000'],
  [62, 'Syntax error: Max query size exceeded (can be increased with the `max_query_size` setting)'],
])('What ClickHouse refuses as too much (%i) is a question that is too large', async (code, message) => {
  expect(await answered(code, message)).toBe('413 question_too_large')
})

test('What it cannot read is a fault of ours', async () => {
  expect(await answered(62, 'Syntax error: failed at position 9')).toBe('500 internal_error')
})
