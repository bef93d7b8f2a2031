// The schema's history: migrations/NNN_name.sql, applied once, in order, recorded with a checksum. The same
// files make plain tables on a single node and Replicated tables with Distributed ones over them on a cluster.
//
// Places such as {{local hits}} are filled in by place.ts.
//
// A statement must be repeatable (IF NOT EXISTS), because a process can be killed between two of them.

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fillPlaces } from './place.ts'
import { type Store, StoreError } from './store.ts'

export type Migration = { number: number; name: string; sql: string; checksum: string }

export class MigrationError extends Error {
  override name = 'MigrationError'
}

type Applied = { number: number; name: string; checksum: string }

/** Brings the schema up to date and returns the names of what was applied now. @throws MigrationError */
export async function migrate(store: Store, folder: string): Promise<string[]> {
  const [first, ...migrations] = readMigrations(folder)
  if (first?.number !== 0) throw new MigrationError(`There is no migration 000 in ${folder}.`)
  const applied = (await readApplied(store)) ?? []
  check(migrations, applied)
  // Not at each start: on a cluster it waits for every node, and one of them may be away.
  if (applied.length === 0) await apply(store, first)
  const names: string[] = []
  for (const migration of migrations.slice(applied.length)) {
    await apply(store, migration)
    const { number, name, checksum } = migration
    await store.insert('migrations', [{ number, name, checksum, applied_at: Math.floor(Date.now() / 1000) }])
    names.push(name)
  }
  return names
}

/** All migrations of a folder, in order; numbers run from 0 without a gap. */
export function readMigrations(folder: string): Migration[] {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
  return files.map((file, index) => {
    const number = Number(/^(\d{3})_[a-z0-9_]+\.sql$/.exec(file)?.[1] ?? Number.NaN)
    if (number !== index) {
      throw new MigrationError(
        `Migration ${String(index).padStart(3, '0')} is missing in ${folder} (found ${file}).`,
      )
    }
    const sql = readFileSync(join(folder, file), 'utf8')
    return { number, name: file.slice(0, -4), sql, checksum: createHash('sha256').update(sql).digest('hex') }
  })
}

/** The statements of a migration, their places still to be filled. */
export function statements(sql: string): string[] {
  return sql
    .replace(/^\s*--.*$/gm, '')
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
}

/** Undefined where nothing was ever applied. */
async function readApplied(store: Store): Promise<Applied[] | undefined> {
  try {
    return await store.query<Applied>(
      'SELECT number, any(name) AS name, any(checksum) AS checksum FROM migrations GROUP BY number ORDER BY number',
    )
  } catch (error) {
    if (error instanceof StoreError && error.code === unknownTable) return undefined
    throw error
  }
}

const unknownTable = 60

function check(known: Migration[], applied: Applied[]): void {
  for (const [index, row] of applied.entries()) {
    const migration = known[index]
    if (!migration) {
      throw new MigrationError(
        `The data was written by a newer Footfall (it has migration ${row.name}). Start that version or a later one.`,
      )
    }
    if (migration.number !== row.number || migration.name !== row.name) {
      throw new MigrationError(
        `Migration ${row.name} was applied to this data but is missing in this program.`,
      )
    }
    if (migration.checksum !== row.checksum) {
      throw new MigrationError(
        `Migration ${row.name} was changed after it had been applied to this data. Restore the file.`,
      )
    }
  }
}

async function apply(store: Store, migration: Migration): Promise<void> {
  for (const statement of statements(migration.sql)) {
    // A place for a cluster alone leaves nothing to do on a single node.
    if (fillPlaces(statement, store.cluster) !== '') await store.command(statement)
  }
}
