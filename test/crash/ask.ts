// One HTTP request as the load needs it: on a connection that is kept, never repeated by itself, and answered only
// when the answer has come whole.

import { type Agent, request } from 'node:http'

export type Answer = { status: number; body: string }

const answerWithin = 30_000

/** @throws when the connection breaks before the end of the answer */
export function ask(
  url: string,
  {
    method = 'GET',
    headers = {},
    body = '',
    agent,
  }: { method?: string; headers?: Record<string, string>; body?: string; agent?: Agent } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, agent, timeout: answerWithin }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (part: string) => {
        text += part
      })
      answer.on('error', reject)
      answer.on('close', () => {
        if (answer.complete) resolve({ status: answer.statusCode ?? 0, body: text })
        else reject(new Error('The answer was cut off.'))
      })
    })
    asked.on('error', reject)
    asked.on('timeout', () => asked.destroy(new Error('There was no answer.')))
    asked.end(body)
  })
}
