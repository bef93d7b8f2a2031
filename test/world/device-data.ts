// Run once before all tests: the rules of the devices, where no build has left them.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { buildDevices } from '../../scripts/devices.mjs'
import { packageRoot } from '../../server/root.ts'

export async function setup(): Promise<void> {
  const folder = join(packageRoot, 'dist')
  if (!existsSync(join(folder, 'devices.json'))) await buildDevices(folder)
}
