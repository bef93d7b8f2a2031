// The rules of Matomo's Device Detector as scripts/devices.mjs compiles them into dist/devices.json. A rule holds
// an expression by its number; those of one list follow each other, and the first that matches decides.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../root.ts'

/** The expression `first + i` is that of `rules[owners[i]]`, or of `rules[i]` where each rule has one. */
export type Rules<Facts> = { first: number; rules: Facts[]; owners?: number[] }

/** In names, versions and models $1 to $9 stand for groups of the match. */
export type SystemRule = { name: string; version: string; versions?: Rules<string> }

/** What kind of program a client is; they are tried in this order. */
export type ClientKind = 'feed reader' | 'mobile app' | 'mediaplayer' | 'pim' | 'browser' | 'library'
export type ClientRules = Rules<[name: string, version: string]> & { kind: ClientKind }

export type DeviceGroup =
  | 'hbbtv'
  | 'shell tv'
  | 'notebook'
  | 'console'
  | 'car'
  | 'camera'
  | 'media player'
  | 'mobile'

/** A brand, with one model for all its devices or with rules of their own. '' where a model's rule is silent. */
export type BrandRule = {
  brand: string
  type?: string
  model?: string
  models?: Rules<[model: string, type: string, brand: string]>
}

export type DeviceData = {
  /** Package and version that it was compiled from. */
  source: string
  bots: Rules<0>
  systems: Rules<SystemRule>
  clients: ClientRules[]
  devices: (Rules<BrandRule> & { group: DeviceGroup })[]
  /** Fragments that makers of computers put into Internet Explorer's agent, with their brands. */
  vendors: Rules<string>
  /** Names of apps by their id, as X-Requested-With tells it. */
  apps: Record<string, string>
  browserApps: Record<string, string>
  systemNames: [name: string, code: string, family: string][]
  browserNames: [name: string, code: string][]
  /** Browsers that run on phones and tablets only. */
  mobileBrowsers: string[]
  brandCodes: [name: string, code: string][]
  /** Versions of Fire OS and of LineageOS by those of Android. */
  fireVersions: Record<string, string>
  lineageVersions: Record<string, string>
  /**
   * Bodies of expressions that ignore case. Those that are no more than a few texts are these, each after a tab, in
   * lower case; `$` between the first two tabs asks for an ending after them.
   */
  expressions: string[]
  /** Numbers of the expressions that no literal is known for. */
  unconditional: number[]
  /** Texts in lower case ... */
  literals: string[]
  /** ... where in each the three characters are that the fewest of them have (0 in shorter ones) ... */
  places: number[]
  /** ... and the numbers of the expressions of which each match holds this literal or another of theirs. */
  neededBy: (number | number[])[]
}

/** @throws Error when the build has not made it */
export function readDeviceData(): DeviceData {
  const path = join(packageRoot, 'dist', 'devices.json')
  if (!existsSync(path))
    throw new Error(`Footfall is not installed completely: there is no ${path}. Run npm run build.`)
  return JSON.parse(readFileSync(path, 'utf8')) as DeviceData
}
