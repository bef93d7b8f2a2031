import { describe, expect, it } from 'vitest'
import { routeOf, safeTarget } from '../../../dashboard/route.ts'

describe('addresses of the dashboard', () => {
  it('lead to pages', () => {
    expect(routeOf('/')).toEqual({ name: 'home' })
    expect(routeOf('/setup')).toEqual({ name: 'setup' })
    expect(routeOf('/sites/12')).toEqual({ name: 'site', id: 12 })
    expect(routeOf('/sites/x')).toEqual({ name: 'unknown' })
  })

  it('after sign-in lead nowhere but into the dashboard', () => {
    expect(safeTarget('/sites/1?period=day')).toBe('/sites/1?period=day')
    for (const target of ['//evil.example', '/\\evil.example', 'https://evil.example', '', null]) {
      expect(safeTarget(target)).toBe('/')
    }
  })
})
