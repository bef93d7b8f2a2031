import { expect, test, vi } from 'vitest'
import { printSizes, scripts } from '../../scripts/tracker.mjs'

test.each(Object.entries(scripts))('The build fails where %s is larger than it may be', (name, { limit }) => {
  const log = vi.spyOn(console, 'log').mockReturnValue()
  expect(() => printSizes({ [name]: limit })).not.toThrow()
  expect(() => printSizes({ [name]: limit + 1 })).toThrow(
    `${name} has ${limit + 1} bytes with Brotli, but may have ${limit}.`,
  )
  log.mockRestore()
})
