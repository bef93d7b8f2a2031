// Matomo's short codes for what a recogniser tells by name: WIN, CH, SA. Its reporting API knows systems, browsers and
// brands by them.

import { type DeviceData, readDeviceData } from './device-data.ts'

export type DeviceCodes = {
  /** undefined for names that Matomo has no code for: apps, and whatever the light recogniser calls otherwise. */
  system(name: string): string | undefined
  browser(name: string): string | undefined
  brand(name: string): string | undefined
}

export function deviceCodes({ systemNames, browserNames, brandCodes }: DeviceData): DeviceCodes {
  const systems = new Map(systemNames.map(([name, code]) => [name, code]))
  const browsers = new Map(browserNames)
  const brands = new Map(brandCodes)
  return {
    system: (name) => systems.get(name),
    browser: (name) => browsers.get(name),
    brand: (name) => brands.get(name),
  }
}

/** Every system that has a code, as pairs of name and code. */
export function knownSystemCodes(): [name: string, code: string][] {
  return readDeviceData().systemNames.map(([name, code]) => [name, code])
}

/** Every browser that has a code. */
export function knownBrowserCodes(): [name: string, code: string][] {
  return readDeviceData().browserNames
}
