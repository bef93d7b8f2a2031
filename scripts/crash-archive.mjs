// `npm run crash:archive -- --rounds 50`: kills rolling up and finalising again and again (test/crash/archive.ts).

import { runCompiled } from './compiled.mjs'

await runCompiled('test/crash/archive-main.ts')
