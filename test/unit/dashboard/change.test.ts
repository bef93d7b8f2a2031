import { describe, expect, it } from 'vitest'
import { changeOf } from '../../../dashboard/change.ts'

const visits = { format: 'count', lowerIsBetter: false } as const
const bounceRate = { format: 'percent', lowerIsBetter: true } as const

describe('the change of a figure', () => {
  it('is relative to what was before', () => {
    expect(changeOf(150, 120, visits)).toEqual({
      amount: 0.25,
      unit: 'relative',
      direction: 'up',
      verdict: 'better',
    })
  })

  it('of a percentage is a difference in points, and a lower bounce rate is good news', () => {
    const change = changeOf(0.4, 0.45, bounceRate)
    expect(change?.amount).toBeCloseTo(-0.05)
    expect(change).toMatchObject({ unit: 'points', direction: 'down', verdict: 'better' })
    expect(changeOf(0.5, 0.45, bounceRate)?.verdict).toBe('worse')
  })

  it('from nothing cannot be told', () => {
    expect(changeOf(5, 0, visits)).toBeUndefined()
  })

  it('that would be shown as nothing is none', () => {
    expect(changeOf(10_001, 10_000, visits)).toMatchObject({ direction: 'same', verdict: 'neutral' })
  })
})
