// `npm run fuzz`: sends a service of its own a million requests that it should not be sent (test/fuzz/).
// `npm run fuzz -- --requests 20000 --seed 7 --from 123` holds conversation 123 of seed 7 first.

import { runCompiled } from './compiled.mjs'

await runCompiled('test/fuzz/main.ts')
