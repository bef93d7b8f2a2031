import { expect, it } from 'vitest'
import { launch } from '../../world/browser.ts'
import { startFootfall } from '../../world/footfall.ts'
import { expectAccessible, signIn, sit } from './owner.ts'

it('tells two weeks before that the visits of a month are going to be dropped, where they are kept for days', async () => {
  const world = await startFootfall({ clock: Date.parse('2026-06-24T11:00:00Z') })
  const browser = await launch()
  try {
    await world.track({ url: 'https://example.org/', _id: '0123456789abcdef' })
    await world.service.settle()
    const site = world.service.sites.get(1)
    if (!site) throw new Error('no site')
    await world.service.sites.change(site, { settings: { rawDays: 31 } })
    world.setClock(Date.parse('2026-07-28T11:00:00Z'))
    const { page, faults, close } = await sit(browser, world.url)
    await signIn(page, world.owner)
    const notice = page.getByRole('complementary', {
      name: 'The visits of June 2026 are going to be dropped',
    })
    await notice.waitFor()
    expect(await notice.textContent()).toContain('On Sat, 1 Aug 2026 single visits of June 2026 go')
    // An import, say, puts it off.
    world.setClock(Date.parse('2026-08-02T11:00:00Z'))
    await page.reload()
    await notice.waitFor()
    expect(await notice.textContent()).toContain('Soon single visits of June 2026 go')
    await notice.getByRole('button', { name: 'I have read this' }).click()
    expect(await notice.count()).toBe(0)
    expect(faults).toEqual([])
    await close()
  } finally {
    await browser.close()
    await world.close()
  }
})

it('tells two weeks before that the visits of a year are going to be dropped, until it was read', async () => {
  const world = await startFootfall({ clock: Date.parse('2025-12-24T11:00:00Z') })
  const browser = await launch()
  try {
    await world.track({ url: 'https://example.org/', _id: '0123456789abcdef' })
    await world.service.settle()
    const { page, faults, close } = await sit(browser, world.url)
    await signIn(page, world.owner)
    const notice = page.getByRole('complementary', { name: 'The visits of 2025 are going to be dropped' })
    expect(await notice.count()).toBe(0)

    world.setClock(Date.parse('2025-12-25T11:00:00Z'))
    await page.reload()
    await notice.waitFor()
    expect(await notice.textContent()).toContain('From Thu, 8 Jan 2026 on there are final totals of 2025')
    await expectAccessible(page)
    await notice.getByRole('button', { name: 'I have read this' }).click()
    expect(await notice.count()).toBe(0)
    await page.reload()
    await page.locator('.figures').waitFor()
    expect(await notice.count()).toBe(0)
    expect(faults).toEqual([])
    await close()
  } finally {
    await browser.close()
    await world.close()
  }
})
