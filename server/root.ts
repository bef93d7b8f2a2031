// Where this package lies on disk: its migrations and compiled front end are found from here, from the
// sources (tests) as well as from the compiled server in dist/.

import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

function findRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'migrations'))) {
    const parent = dirname(folder)
    if (parent === folder)
      throw new Error('Footfall is not installed completely: no migrations folder found.')
    folder = parent
  }
  return folder
}

export const packageRoot = findRoot()
