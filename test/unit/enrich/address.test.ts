import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addressRuleError, compileAddressRules, shortenAddress } from '../../../server/enrich/address.ts'

describe('an address is shortened', () => {
  test.each([
    ['203.0.113.77', 0, '203.0.113.77'],
    ['203.0.113.77', 1, '203.0.113.0'],
    ['203.0.113.77', 2, '203.0.0.0'],
    ['203.0.113.77', 3, '203.0.0.0'],
    ['198.51.100.7', 3, '198.0.0.0'],
    ['203.0.113.77', 4, '0.0.0.0'],
    ['2001:db8:1:2:3:4:5:6', 0, '2001:db8:1:2:3:4:5:6'],
    ['2001:db8:1:2:3:4:5:6', 1, '2001:db8:1:2::'],
    ['2001:db8:1:2:3:4:5:6', 2, '2001:db8:1::'],
    ['2001:db8:1:2:3:4:5:6', 3, '2001:d00::'],
    ['2001:db8:1:2:3:4:5:6', 4, '::'],
  ])('%s by level %i becomes %s', (address, level, shortened) => {
    expect(shortenAddress(address, level)).toBe(shortened)
  })

  test.each([
    ['203.0.113.77:51234', '203.0.0.0'],
    [' 203.0.113.77 ', '203.0.0.0'],
    ['[2001:db8:1:2::5]:443', '2001:db8:1::'],
    ['fe80::1234:5678%eth0', 'fe80::'],
    ['::ffff:203.0.113.77', '203.0.0.0'],
    ['::ffff:cb00:714d', '203.0.0.0'],
  ])('%s as %s', (address, shortened) => {
    expect(shortenAddress(address, 2)).toBe(shortened)
  })

  test('also where IPv6 only wraps a whole IPv4 address in its first bytes', () => {
    expect(shortenAddress('2002:cb00:714d::1', 2)).toBe('203.0.0.0')
  })

  test.each([
    '',
    'unknown',
    '127.1',
    '0x7f000001',
    '2130706433',
    '010.0.0.1',
    '256.1.1.1',
    '1.2.3',
    ':::',
    '1'.repeat(5000),
  ])('and what is no address (%s) becomes nothing', (text) => {
    expect(shortenAddress(text, 2)).toBe('')
  })

  test('without ever leaving more of any IPv4 address than its level allows', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.integer({ min: 0, max: 4 }), (address, level) => {
        const kept = shortenAddress(address, level).split('.')
        const whole = address.split('.')
        expect(kept).toEqual(whole.map((byte, position) => (position < 4 - level ? byte : '0')))
      }),
    )
  })

  test('the same way when it is shortened again', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()),
        fc.integer({ min: 0, max: 4 }),
        (address, level) => {
          const once = shortenAddress(address, level)
          expect(shortenAddress(once, level)).toBe(once)
        },
      ),
    )
  })
})

describe('an owner excludes', () => {
  test.each([
    ['203.0.113.77', '203.0.113.77', true],
    ['203.0.113.78', '203.0.113.77', false],
    ['10.1.2.3', '10.1.*.*', true],
    ['10.2.2.3', '10.1.*.*', false],
    ['10.9.8.7', '10.0.0.0/8', true],
    ['11.9.8.7', '10.0.0.0/8', false],
    ['::ffff:10.9.8.7', '10.0.0.0/8', true],
    ['10.9.8.7', '::ffff:10.0.0.0/104', true],
    ['2001:db8:5::1', '2001:db8::/32', true],
    ['2001:db9:5::1', '2001:db8::/32', false],
    ['2001:DB8:0:0::1', '2001:db8::1', true],
    ['10.9.8.7', '::/0', false],
    ['no address', '0.0.0.0/0', false],
  ])('%s by %s: %s', (address, rule, excluded) => {
    expect(compileAddressRules([rule])(address)).toBe(excluded)
  })

  test('by many rules at once, of which bad ones match nothing', () => {
    const excluded = compileAddressRules(['nonsense', '10.0.0.0/33', '192.0.2.1', '198.51.100.0/24'])
    expect(['192.0.2.1', '198.51.100.200', '10.0.0.1'].map(excluded)).toEqual([true, true, false])
  })

  test('and hears which rule is none', () => {
    expect(addressRuleError('10.0.0.0/8')).toBeUndefined()
    expect(addressRuleError('10.1.*.*')).toBeUndefined()
    expect(addressRuleError('2001:db8::1')).toBeUndefined()
    expect(addressRuleError('10.0.0.0/33')).toBe(
      '"10.0.0.0/33" is neither an address, nor one with * for its last bytes (10.1.*.*), nor a network (10.0.0.0/8).',
    )
    expect(addressRuleError('10.1.*')).toContain('"10.1.*"')
    expect(addressRuleError('300.1.*.*')).toContain('"300.1.*.*"')
  })

  test('with any text as rule and address', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (address, rule) => {
        expect(typeof compileAddressRules([rule])(address)).toBe('boolean')
      }),
    )
  })
})
