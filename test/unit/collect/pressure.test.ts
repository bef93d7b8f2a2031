import { expect, test } from 'vitest'
import { Pressure } from '../../../server/collect/pressure.ts'
import { limits } from '../../../server/limits.ts'

/** What is said after each look, given how late it came, in milliseconds, and how full the heap was. */
function said(...looks: [late: number, heap: number][]) {
  const pressure = new Pressure(limits)
  let at = 0
  return looks.map(([late, heap]) => {
    at += limits.lookEvery + late
    pressure.look(at, heap)
    return pressure.strain
  })
}

test('A loop that is late by less than five seconds is only busy', () => {
  expect(said([0, 0.5], [4900, 0.5], [4900, 0.5], [4900, 0.5])).toEqual(Array(4).fill(undefined))
})

test('One long pause is none: the machine slept', () => {
  expect(said([0, 0.5], [3_600_000, 0.5], [0, 0.5])).toEqual([undefined, undefined, undefined])
})

test('A loop that is blocked again and again is, until it comes in time', () => {
  expect(said([0, 0.5], [6000, 0.5], [6000, 0.5], [6000, 0.5], [10, 0.5])).toEqual([
    undefined,
    undefined,
    'event_loop',
    'event_loop',
    undefined,
  ])
})

test('A heap that stays over nine tenths of what it may be is, until it is collected', () => {
  expect(said([0, 0.91], [0, 0.95], [0, 0.89])).toEqual([undefined, 'memory', undefined])
  expect(said([0, 0.91], [0, 0.89], [0, 0.91])).toEqual([undefined, undefined, undefined])
})
