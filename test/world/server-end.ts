// Runs in each test file when all worlds live on a server: what they have left there goes when the file is through.

import { afterAll } from 'vitest'
import { dropAllDatabases } from './clickhouse-server.ts'

afterAll(dropAllDatabases)
