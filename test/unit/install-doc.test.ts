import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { codesFor } from '../../dashboard/setup/recipe.ts'
import { packageRoot } from '../../server/root.ts'

const site = {
  id: 1,
  urls: ['https://example.org'],
  snippet: '<script async src="https://stats.example.org/f.js?site=1"></script>',
}

test('What the setup page gives to copy stands in docs/install.md, letter by letter', () => {
  const page = readFileSync(join(packageRoot, 'docs', 'install.md'), 'utf8')
  const shown = [...page.matchAll(/^```\w*\n(.*?)\n```$/gms)].map(([, code]) => code)
  for (const code of Object.values(codesFor(site))) expect(shown).toContain(code)
})
