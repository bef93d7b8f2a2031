// Requests at a steady rate, whatever the answers take: each has its moment, and its time counts from that moment on,
// also while it waits for a free connection. So a slow answer cannot hide those that should have come meanwhile.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { connections, requests } from './load.ts'

export type Times = { sent: number; p50: number; p99: number; p999: number; longest: number }

/** Sends `rate` requests a second; times of the answers in milliseconds. @throws when one is no success */
export async function pace(url: string, seconds: number, rate: number): Promise<Times> {
  const { hostname, port } = new URL(url)
  const texts = requests.map(({ method, path, headers, body }) => {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    return `${method} ${path} HTTP/1.1\r\nhost: ${hostname}\r\n${lines.join('')}content-length: ${body.length}\r\n\r\n${body}`
  })
  const times: number[] = []
  const failures: string[] = []
  const idle: Socket[] = []
  const due: number[] = []
  const began = new Map<Socket, number>()
  let sent = 0
  const send = (socket: Socket, moment: number) => {
    began.set(socket, moment)
    socket.write(texts[sent++ % texts.length] ?? '')
  }
  const answered = (socket: Socket, answer: Buffer) => {
    if (!answer.toString('latin1').startsWith('HTTP/1.1 204')) failures.push(answer.toString('latin1'))
    times.push(performance.now() - (began.get(socket) ?? 0))
    const next = due.shift()
    if (next === undefined) idle.push(socket)
    else send(socket, next)
  }
  for (let count = 0; count < connections; count++) {
    const socket = connect(Number(port), hostname).setNoDelay()
    await once(socket, 'connect')
    socket.on('data', (answer) => answered(socket, answer))
    socket.on('error', (error) => failures.push(error.message))
    idle.push(socket)
  }
  const started = performance.now()
  const total = seconds * rate
  for (let planned = 0; planned < total; ) {
    await setTimeout(1)
    const until = Math.min(total, Math.floor(((performance.now() - started) / 1000) * rate))
    for (; planned < until; planned++) {
      const moment = started + (planned / rate) * 1000
      // All in turn: one that is never used would be closed.
      const socket = idle.shift()
      if (socket) send(socket, moment)
      else due.push(moment)
    }
  }
  while (times.length < sent + due.length && failures.length === 0) await setTimeout(10)
  for (const socket of began.keys()) socket.destroy()
  if (failures.length > 0)
    throw new Error(`${failures.length} requests failed, the first with: ${failures[0]}`)
  times.sort((one, other) => one - other)
  const at = (share: number) => Number((times[Math.floor(times.length * share)] ?? Number.NaN).toFixed(1))
  return { sent, p50: at(0.5), p99: at(0.99), p999: at(0.999), longest: at(1 - 1 / times.length) }
}
