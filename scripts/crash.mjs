// `npm run crash -- --rounds 200`: kills the compiled service again and again (test/crash/).

import { runCompiled } from './compiled.mjs'

await runCompiled('test/crash/main.ts')
