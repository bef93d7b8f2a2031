import { expect, test } from 'vitest'
import { wishOf } from '../../server/privacy/wish.ts'

test.each([
  [{}, {}, undefined],
  [{}, { pk_ignore: '1' }, 'opted_out'],
  [{}, { pk_ignore: '' }, undefined],
  [{}, { matomo_ignore: 'ignore%3DKg%3D%3D' }, 'opted_out'],
  [{}, { piwik_ignore: 'ignore%3DKg%3D%3D' }, 'opted_out'],
  [{ dnt: '1' }, {}, 'do_not_track'],
  [{ dnt: '1;x' }, {}, 'do_not_track'],
  [{ dnt: '0' }, {}, undefined],
  [{ 'x-do-not-track': '1' }, {}, 'do_not_track'],
  [{ 'sec-gpc': '1' }, {}, 'do_not_track'],
])('Headers %j and cookies %j mean %s', (headers, cookies, wish) => {
  expect(wishOf(headers, cookies, true)).toBe(wish)
})

test('A site that does not honour Do Not Track still honours an opt-out', () => {
  expect(wishOf({ dnt: '1', 'sec-gpc': '1' }, {}, false)).toBeUndefined()
  expect(wishOf({ dnt: '1' }, { pk_ignore: '1' }, false)).toBe('opted_out')
})
