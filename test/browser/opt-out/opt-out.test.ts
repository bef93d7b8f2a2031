import axe from 'axe-core'
import type { Browser, BrowserContext, FrameLocator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch, visitor, visitorWithProfile } from '../../world/browser.ts'
import { type Service, type ServiceOptions, startService } from './service.ts'

const counts = 'Your visits are counted.'
const ignores = 'Your visits are not counted.'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

type World = { service: Service; context: BrowserContext; page: Page; frame: FrameLocator; console: string[] }

async function open(
  options: ServiceOptions,
  context: BrowserContext | Promise<BrowserContext>,
  doing: (world: World) => Promise<void>,
): Promise<void> {
  const service = await startService(options)
  const visiting = await context
  const page = await visiting.newPage()
  const console: string[] = []
  visiting.on('console', (message) => console.push(message.text()))
  visiting.on('weberror', (error) => console.push(String(error.error())))
  try {
    await doing({ service, context: visiting, page, frame: page.frameLocator('iframe'), console })
  } finally {
    await visiting.close()
    await service.close()
  }
}

/** Waits until the frame shows a sentence that contains this. */
async function says({ frame }: World, part: string): Promise<void> {
  await frame.getByRole('status').getByText(part).filter({ visible: true }).waitFor()
}

async function keepsThirdPartyCookies({ service, page }: World): Promise<boolean> {
  await page.goto(service.site('/probe'))
  await page.reload()
  return (await page.frameLocator('iframe').locator('p').textContent()) === 'kept'
}

async function firstPartyCookies({ service, context }: World): Promise<string[]> {
  const cookies = await context.cookies(service.site())
  return cookies.map(({ name }) => name.replace(/\..*/, '')).sort()
}

/** Visits a page; once a later one by another visitor is counted, this one would have been. */
async function visitShop({ service, page }: World): Promise<void> {
  await page.goto(service.site('/shop'))
  await page.waitForFunction('window._paq && _paq.footfall')
  await page.goto('about:blank')
  const before = service.counted.filter((path) => path === '/sentinel').length
  await fetch(service.stats('/f').replace(/stats\.\w+/, '127.0.0.1'), {
    method: 'POST',
    body: new URLSearchParams({ url: 'http://other/sentinel' }),
  })
  expect(service.counted.filter((path) => path === '/sentinel')).toHaveLength(before + 1)
}

const pages = ({ service }: World): string[] => service.counted.filter((path) => path !== '/sentinel')

// By plain http no cookie of the frame survives at all; behind https its partitioned one does, while all
// others are blocked: the probe shows it.
test.each(['test', 'localhost'] as const)(
  'a browser that blocks third-party cookies is opted out in the frame, and in again (%s)',
  async (domain) => {
    await open({ domain }, visitorWithProfile({ thirdPartyCookies: false }), async (world) => {
      const { service, page, frame, console } = world
      expect(await keepsThirdPartyCookies(world), 'third-party cookies are blocked').toBe(false)
      await page.goto(service.site())
      await says(world, counts)
      await expect.poll(() => pages(world)).toEqual(['/probe', '/probe', '/'])

      await frame.getByRole('button', { name: 'Do not count me' }).click()
      await says(world, ignores)
      expect(await frame.getByRole('button').textContent()).toBe('Count me again')
      expect(await firstPartyCookies(world)).toEqual(['pk_ignore'])

      await page.reload()
      await says(world, ignores)
      await visitShop(world)
      expect(pages(world)).toEqual(['/probe', '/probe', '/'])
      expect(await firstPartyCookies(world)).toEqual(['pk_ignore'])

      await page.goto(service.site())
      await says(world, ignores)
      await frame.getByRole('button', { name: 'Count me again' }).click()
      await says(world, counts)
      await page.reload()
      await says(world, counts)
      await expect.poll(() => pages(world)).toEqual(['/probe', '/probe', '/', '/'])
      expect(await firstPartyCookies(world)).toEqual(['_pk_id'])
      expect(console).toEqual([])
    })
  },
)

test('where third-party cookies are allowed, the choice holds for websites without the frame, too', async () => {
  const allowing = visitorWithProfile({ thirdPartyCookies: true })
  await open({ domain: 'localhost', snippet: false }, allowing, async (world) => {
    expect(await keepsThirdPartyCookies(world), 'third-party cookies are allowed').toBe(true)
    await world.page.goto(world.service.site())
    await says(world, counts)
    await world.frame.getByRole('button').click()
    await says(world, ignores)
    await world.page.goto(world.service.site().replace('shop', 'other'))
    await says(world, ignores)
  })
})

test('on a page without the tracker the frame keeps the choice by itself', async () => {
  await open({ domain: 'localhost', snippet: false }, visitor(browser), async (world) => {
    const { service, page, frame, console } = world
    await page.goto(service.site())
    await says(world, counts)
    await frame.getByRole('button').click()
    await says(world, ignores)
    await page.reload()
    await says(world, ignores)
    expect(await firstPartyCookies(world)).toEqual([])
    await frame.getByRole('button').click()
    await says(world, counts)
    await page.reload()
    await says(world, counts)
    expect(console).toEqual([])
  })
})

test('where the browser keeps no cookie, the frame says that visits are still counted, and what to do', async () => {
  await open({ domain: 'test', snippet: false }, visitor(browser), async (world) => {
    const { service, page, frame } = world
    await page.goto(service.site())
    await says(world, counts)
    await frame.getByRole('button').click()
    await says(world, 'Your visits are still counted.')
    await says(world, 'Allow cookies from stats.test')
    expect(await frame.getByRole('button').textContent()).toBe('Do not count me')
  })
})

test('without JavaScript the form does it', async () => {
  const context = visitor(browser, { javaScriptEnabled: false })
  await open({ domain: 'localhost', frame: '/opt-out?site=1&language=de' }, context, async (world) => {
    const { service, page, frame } = world
    await page.goto(service.site())
    await says(world, 'Ihre Besuche werden gezählt.')
    await frame.getByRole('button', { name: 'Mich nicht zählen' }).click()
    await says(world, 'Ihre Besuche werden nicht gezählt.')
    await page.reload()
    await says(world, 'Ihre Besuche werden nicht gezählt.')
    await frame.getByRole('button', { name: 'Mich wieder zählen' }).click()
    await says(world, 'Ihre Besuche werden gezählt.')
  })
})

test('without JavaScript and without cookies the frame does not claim to have done anything', async () => {
  const context = visitor(browser, { javaScriptEnabled: false })
  await open({ domain: 'test', frame: '/opt-out?site=1&language=fr' }, context, async (world) => {
    const { service, page, frame } = world
    await page.goto(service.site())
    await says(world, 'Vos visites sont comptées.')
    await frame.getByRole('button').click()
    await says(world, 'Vos visites sont toujours comptées.')
    await says(world, 'Activez JavaScript')
  })
})

test('the tracker learns from the frame that this browser was opted out on our own host', async () => {
  await open({ domain: 'localhost' }, visitor(browser), async (world) => {
    const { service, page, context } = world
    await page.goto(service.site())
    await says(world, counts)
    await world.frame.getByRole('button').click()
    await says(world, ignores)
    // The website's own cookies go, the frame's stays.
    await context.clearCookies({ domain: 'shop.localhost' })
    await page.reload()
    await says(world, ignores)
    await expect.poll(() => firstPartyCookies(world)).toEqual(['pk_ignore'])
  })
})

test('a website on our own host, where page and frame share their cookies, is opted out of and in again', async () => {
  await open({ domain: 'localhost' }, visitor(browser), async (world) => {
    const { service, page, frame } = world
    await page.goto(service.stats('/own'))
    await says(world, counts)
    await frame.getByRole('button').click()
    await says(world, ignores)
    await page.reload()
    await says(world, ignores)
    await frame.getByRole('button').click()
    await says(world, counts)
    await page.reload()
    await says(world, counts)
    await expect.poll(() => pages(world)).toEqual(['/own', '/own'])
  })
})

test('whoever asks by Do Not Track is told so, and needs no button', async () => {
  const asking = visitor(browser, { extraHTTPHeaders: { dnt: '1' } })
  await open({ domain: 'localhost' }, asking, async (world) => {
    await world.page.goto(world.service.site())
    await says(world, ignores)
    await says(world, 'Do Not Track')
    expect(await world.frame.getByRole('button').count()).toBe(0)
  })
})

test('where the site does not heed Do Not Track but the tracker does, the frame still says what is true', async () => {
  const asking = await visitor(browser, { extraHTTPHeaders: { dnt: '1' } })
  await asking.addInitScript(`Object.defineProperty(navigator, 'doNotTrack', { value: '1' })`)
  await open({ domain: 'localhost', honoursDoNotTrack: false }, asking, async (world) => {
    await world.page.goto(world.service.site())
    await says(world, ignores)
    expect(await world.frame.getByRole('button').count()).toBe(0)
  })
})

test('pages of other hosts cannot opt a visitor out through the tracker, and other frames are not heard', async () => {
  await open({ domain: 'localhost' }, visitor(browser), async (world) => {
    const { service, page } = world
    await page.goto(service.site())
    await says(world, counts)
    await page.evaluate(`
      new Promise((done) => {
        const frame = document.createElement('iframe')
        frame.srcdoc = '<script>parent.postMessage(JSON.stringify({ maq_opted_in: false }), "*")</' + 'script>'
        addEventListener('message', ({ source }) => source === frame.contentWindow && done())
        document.body.append(frame)
      })`)
    expect(await firstPartyCookies(world)).toEqual(['_pk_id'])
  })
})

test('the button is reached by keyboard, and the focus stays where the visitor is', async () => {
  await open({ domain: 'localhost' }, visitor(browser), async (world) => {
    const { service, page, frame } = world
    await page.goto(service.site())
    await says(world, counts)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await says(world, ignores)
    await page.keyboard.press('Enter')
    await says(world, counts)
    expect(await frame.locator('button:focus').textContent()).toBe('Do not count me')
  })
})

test('a visitor who changes their mind before the first choice has been answered gets the second', async () => {
  await open({ domain: 'localhost' }, visitor(browser), async (world) => {
    const { service, page, frame } = world
    let answerFirst = (): void => {}
    const held = new Promise<void>((resolve) => {
      answerFirst = resolve
    })
    const answered: string[] = []
    await page.route('**/opt-out', async (route) => {
      if (route.request().method() === 'POST' && answered.length === 0) await held
      answered.push(route.request().postData() ?? '')
      await route.continue()
    })
    await page.goto(service.site())
    await says(world, counts)
    await frame.getByRole('button').click()
    await says(world, ignores)
    await frame.getByRole('button').click()
    await says(world, counts)
    answerFirst()
    await expect.poll(() => answered.length).toBe(2)
    await page.waitForLoadState('networkidle')
    await says(world, counts)
    await page.reload()
    await says(world, counts)
  })
})

test.each(['en', 'de', 'fr'])('the page has no barriers that a checker finds (%s)', async (language) => {
  for (const colorScheme of ['light', 'dark'] as const) {
    await open({ domain: 'localhost' }, visitor(browser, { colorScheme, bypassCSP: true }), async (world) => {
      await world.page.goto(world.service.stats(`/opt-out?site=1&language=${language}`))
      await world.page.evaluate(axe.source)
      const found = await world.page.evaluate(
        'axe.run().then(({ violations }) => violations.map(({ id }) => id))',
      )
      expect(found).toEqual([])
    })
  }
})
