import { describe, expect, it } from 'vitest'
import { sumHours } from '../../../dashboard/figures.ts'
import { pointsOf, ticks } from '../../../dashboard/points.ts'

describe('a metric over time', () => {
  const row = (label: string, visits: number) => ({ label, visits })

  it('ends where the future begins and says which point is not over', () => {
    const rows = [row('2026-11-21', 7), row('2026-11-22', 3), row('2026-11-23', 0)]
    const before = [row('2026-11-18', 5), row('2026-11-19', 6), row('2026-11-20', 8)]
    expect(pointsOf(rows, before, 'visits', 'day', '2026-11-22T14:05')).toEqual([
      { label: '2026-11-21', current: 7, previousLabel: '2026-11-18', previous: 5, running: false },
      { label: '2026-11-22', current: 3, previousLabel: '2026-11-19', previous: 6, running: true },
      { label: '2026-11-23', current: null, previousLabel: '2026-11-20', previous: 8, running: false },
    ])
  })

  it('of a finished period has no running point', () => {
    const rows = [row('2026-11-14', 7), row('2026-11-15', 3)]
    const points = pointsOf(rows, [], 'visits', 'day', '2026-11-22T14:05')
    expect(points.map((point) => point.running)).toEqual([false, false])
    expect(points.map((point) => point.previous)).toEqual([null, null])
  })

  it('knows the week and the month that are running', () => {
    const now = '2026-11-22T14:05'
    expect(pointsOf([row('2026-11-16', 1)], [], 'visits', 'week', now)[0]?.running).toBe(true)
    expect(pointsOf([row('2026-11-09', 1)], [], 'visits', 'week', now)[0]?.running).toBe(false)
    expect(pointsOf([row('2026-11-01', 1)], [], 'visits', 'month', now)[0]?.running).toBe(true)
  })

  it('has labels in steps that people count in', () => {
    expect(ticks(24, 10, 'hour')).toEqual([0, 3, 6, 9, 12, 15, 18, 21])
    expect(ticks(30, 6, 'day')).toEqual([0, 7, 14, 21, 28])
    expect(ticks(12, 20, 'month')).toHaveLength(12)
  })
})

describe('figures of the hours that are over', () => {
  it('are added up, their rates computed anew, and visitors left out', () => {
    const hour = (time: string, visits: number, bounces: number, actions: number) => ({
      label: `2026-11-22T${time}:00:00+01:00`,
      visits,
      bounces,
      actions,
      page_views: actions,
      duration_sum: visits * 60,
      visitors: visits,
    })
    const rows = [hour('08', 4, 2, 8), hour('09', 6, 1, 22), hour('10', 9, 9, 9)]
    expect(sumHours(rows, 10)).toEqual({
      visits: 10,
      page_views: 30,
      actions: 30,
      bounces: 3,
      duration_sum: 600,
      bounce_rate: 0.3,
      avg_duration: 60,
      actions_per_visit: 3,
    })
  })
})
