#!/usr/bin/env node
// ClickHouse runs its queries on libuv's thread pool. Its size counts only if it is set before the pool is
// first used, and loading an ES module already uses it: hence this CommonJS door.
process.env.UV_THREADPOOL_SIZE ??= '16'
import('../dist/server/main.js')
