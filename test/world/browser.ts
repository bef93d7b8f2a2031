// A real Chromium, which reaches nothing but this machine: hosts under .test and .localhost lead here, all others
// nowhere. Pages under .localhost are what browsers call secure, as those by https are; pages under .test are not.

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium } from 'playwright-core'

const executablePath = process.env.FOOTFALL_CHROMIUM || '/usr/bin/chromium'

const options = {
  executablePath,
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-quic',
    '--no-first-run',
    '--host-resolver-rules=MAP *.test 127.0.0.1, MAP *.localhost 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
  ],
}

export function launch(): Promise<Browser> {
  return chromium.launch(options)
}

/** One that keeps pages as they were left for the way back, which Playwright switches off. */
export function launchWithPageCache(): Promise<Browser> {
  return chromium.launch({ ...options, ignoreDefaultArgs: ['--disable-back-forward-cache'] })
}

/** A page in a browser that nothing looks into: under Playwright none is rendered in advance. */
export function openAlone(url: string): { close(): Promise<void> } {
  const folder = mkdtempSync(join(tmpdir(), 'footfall-profile-'))
  const chromium = spawn(
    executablePath,
    [...options.args, `--user-data-dir=${folder}`, '--remote-debugging-port=0', url],
    { stdio: 'ignore', detached: true },
  )
  const ended = once(chromium, 'exit')
  return {
    close: async () => {
      // It leads a group of processes, all of which write into the folder.
      if (chromium.pid !== undefined) process.kill(-chromium.pid, 'SIGKILL')
      await ended
      rmSync(folder, { recursive: true, force: true, maxRetries: 30 })
    },
  }
}

/** A visitor with a profile of their own, whose browser does not call itself headless. */
export function visitor(browser: Browser, further: BrowserContextOptions = {}): Promise<BrowserContext> {
  return browser.newContext({ userAgent: userAgent(browser.version()), ...further })
}

/** A visitor with a browser that blocks third-party cookies, or allows them; closing it removes its profile. */
export async function visitorWithProfile(
  { thirdPartyCookies }: { thirdPartyCookies: boolean },
  further: BrowserContextOptions = {},
): Promise<BrowserContext> {
  const folder = mkdtempSync(join(tmpdir(), 'footfall-profile-'))
  mkdirSync(join(folder, 'Default'))
  const profile = {
    cookie_controls_mode: thirdPartyCookies ? 0 : 1,
    block_third_party_cookies: !thirdPartyCookies,
  }
  writeFileSync(join(folder, 'Default', 'Preferences'), JSON.stringify({ profile }))
  const version = execFileSync(executablePath, ['--version'], { encoding: 'utf8', stdio: 'pipe' })
  const context = await chromium.launchPersistentContext(folder, {
    ...options,
    userAgent: userAgent(/\d+/.exec(version)?.[0] ?? ''),
    ...further,
  })
  const close = context.close.bind(context)
  context.close = async (reason) => {
    await close(reason)
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  return context
}

function userAgent(version: string): string {
  const major = version.split('.')[0]
  return `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${major}.0.0.0 Safari/537.36`
}
