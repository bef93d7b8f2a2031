// What the full recogniser tells, which is what a service asks when nobody chose otherwise.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chooseRecognition, hintsFromUaData, parse } from '../../../server/enrich/device.ts'
import { knownAgents, programs } from '../../world/known-agents.ts'

const windows =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36'
const phone =
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Mobile Safari/537.36'

describe.each(knownAgents)("people's devices are told by agent and hints: %s", (_, agents) => {
  test.each(agents)('$agent $hints', ({ agent, hints, device }) => {
    expect(parse(agent, hints)).toEqual(device)
  })
})

describe('a program is known', () => {
  test.each(programs)('$agent', ({ agent, hints }) => {
    expect(parse(agent, hints).bot).toBe(true)
  })
})

test("an old or odd device that calls itself by its name alone is a person's", () => {
  for (const agent of ['Nokia6300/2.0 (06.60)', 'SAMSUNG-SGH-E250/1.0', 'Roku/DVP-12.0 (12.0.0.4182-55)'])
    expect(parse(agent).bot).toBe(false)
})

describe('client hints', () => {
  test('and they come from a page as from a browser', () => {
    const uaData = {
      brands: [{ brand: 'Brave', version: '143' }],
      fullVersionList: [
        { brand: 'Not,A"Brand', version: '8.0.0.0' },
        { brand: 'Chromium', version: '143.0.7499.40' },
        { brand: 'Brave', version: '143.0.7499.40' },
      ],
      mobile: false,
      model: 'SM-X710',
      platform: 'Android',
      platformVersion: '15.0.0',
      formFactors: ['Tablet'],
    }
    const hints = hintsFromUaData(JSON.stringify(uaData))
    expect(hints).toEqual({
      'sec-ch-ua': '"Brave";v="143"',
      'sec-ch-ua-full-version-list':
        '"Not A Brand";v="8.0.0.0", "Chromium";v="143.0.7499.40", "Brave";v="143.0.7499.40"',
      'sec-ch-ua-mobile': '?0',
      'sec-ch-ua-platform': '"Android"',
      'sec-ch-ua-platform-version': '"15.0.0"',
      'sec-ch-ua-model': '"SM-X710"',
      'sec-ch-ua-form-factors': '"Tablet"',
    })
    expect(parse(phone, hints)).toEqual({
      os: { name: 'Android', version: '15', family: 'Android' },
      browser: { name: 'Brave', version: '143' },
      device: { type: 'tablet', brand: 'Samsung', model: 'Galaxy Tab S9 11" WiFi' },
      bot: false,
    })
  })

  test.each([
    '',
    'null',
    '[]',
    '"text"',
    '{"brands":"Chrome"}',
    '{"brands":[{"brand":1,"version":"2"}]}',
    '{"brands":[null]}',
    '{"model":7}',
    '{"mobile":"yes"}',
    '{"formFactors":[1]}',
    '{"platform":',
    JSON.stringify({ model: 'x'.repeat(5000) }),
  ])('unless what comes is no such thing: %s', (json) => {
    expect(hintsFromUaData(json)).toBeUndefined()
  })
})

test('what comes after 500 characters of an agent is not read', () => {
  expect(parse(`${windows.padEnd(500, ' ')}Googlebot`)).toBe(parse(windows.padEnd(500, ' ')))
})

test('a device is recognised once', () => {
  expect(parse(phone, { 'sec-ch-ua-model': '"A"', cookie: 'x' })).toBe(
    parse(phone, { 'sec-ch-ua-model': '"A"' }),
  )
  expect(parse(phone, { 'sec-ch-ua-model': '"A"' })).not.toBe(parse(phone, { 'sec-ch-ua-model': '"B"' }))
})

test('any agent and any hints are read, and leave short and clean names', () => {
  const text = fc.string({ unit: 'binary', maxLength: 600 })
  fc.assert(
    fc.property(text, text, text, text, (agent, brands, model, platform) => {
      const { os, browser, device } = parse(agent, {
        'sec-ch-ua': brands,
        'sec-ch-ua-full-version-list': brands,
        'sec-ch-ua-model': model,
        'sec-ch-ua-platform': platform,
        'sec-ch-ua-platform-version': platform,
        'sec-ch-ua-form-factors': model,
      })
      for (const value of [os.name, os.version, browser.name, browser.version, device.brand, device.model]) {
        expect(value.length).toBeLessThanOrEqual(60)
        expect(value).not.toMatch(/\p{Cc}|\p{Cs}/u)
      }
    }),
  )
})

test('any text is taken for uadata', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (json) => {
      const hints = hintsFromUaData(json)
      parse(windows, hints)
    }),
  )
})

test('the light recogniser is asked from when it is chosen', () => {
  chooseRecognition('light')
  expect(parse(windows).browser.name).toBe('Chrome')
  expect(parse(phone).browser.name).toBe('Chrome')
  chooseRecognition('full')
  expect(parse(phone).browser.name).toBe('Chrome Mobile')
})
