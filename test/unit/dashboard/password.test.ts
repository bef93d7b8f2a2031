import { describe, expect, it } from 'vitest'
import { strengthOf } from '../../../dashboard/setup/password.ts'

describe('the strength hint', () => {
  it.each([
    ['', { level: 'empty' }],
    ['short', { level: 'short', missing: 7 }],
    ['passwordpassword', { level: 'weak' }],
    ['aaaaaaaaaaaaaaaa', { level: 'weak' }],
    ['correct horse battery', { level: 'strong' }],
    ['kettle-garden', { level: 'fair' }],
  ])('for "%s" is right', (password, strength) => {
    expect(strengthOf(password)).toEqual(strength)
  })
})
