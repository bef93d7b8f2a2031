// A store that takes itself for a cluster, as far as one can be had without servers: the embedded engine with a cluster
// `main` of one shard, itself. Distributed tables are real and read and write through it. There is no Keeper, so
// ON CLUSTER and Replicated are taken out of a statement before it is run; the whole statement is kept to be looked at.
// What several shards, replicas and their lag do cannot be seen here.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Session } from 'chdb'
import { packageRoot } from '../../server/root.ts'
import { migrate } from '../../server/store/migrations.ts'
import { type Cluster, fillPlaces } from '../../server/store/place.ts'
import { Store } from '../../server/store/store.ts'

export type ClusterWorld = {
  store: Store
  /** All that a real cluster would have been told and asked, in order. */
  statements: string[]
  close(): Promise<void>
}

const config = `<clickhouse>
  <tcp_port>9000</tcp_port>
  <remote_servers>
    <main><shard><replica><host>127.0.0.1</host><port>9000</port></replica></shard></main>
  </remote_servers>
</clickhouse>`

const cluster: Cluster = { name: 'main', database: 'default' }

export async function openCluster(): Promise<ClusterWorld> {
  const data = mkdtempSync(join(tmpdir(), 'footfall-cluster-'))
  const configFile = join(data, 'config.xml')
  writeFileSync(configFile, config)
  // The first connection of a process decides about the engine's configuration.
  const first = new Session(join(data, 'clickhouse'), { connectionArgs: [`--config-file=${configFile}`] })
  const embedded = await Store.open({
    data,
    clickhouseUrl: undefined,
    clickhouseCluster: undefined,
    clickhouseMemory: 1_000_000_000,
  })
  const statements: string[] = []
  const store = asCluster(embedded, statements)
  await migrate(store, join(packageRoot, 'migrations'))
  return {
    store,
    statements,
    close: async () => {
      first.close()
      await embedded.close()
      rmSync(data, { recursive: true, force: true })
    },
  }
}

function asCluster(embedded: Store, statements: string[]): Store {
  const [query, command] = [embedded.query.bind(embedded), embedded.command.bind(embedded)]
  const members: Pick<Store, 'cluster' | 'query' | 'command'> = {
    cluster,
    query: (sql, params, settings) => {
      statements.push(sql)
      return query(sql, params, settings)
    },
    command: (sql, params, settings) => {
      const statement = fillPlaces(sql, cluster)
      statements.push(statement)
      return command(withoutKeeper(statement), params, settings)
    },
  }
  return new Proxy(embedded, {
    get(_, name) {
      if (name in members) return Reflect.get(members, name)
      const member: unknown = Reflect.get(embedded, name, embedded)
      return typeof member === 'function' ? member.bind(embedded) : member
    },
  })
}

/** The same on one node that has nobody to agree with. */
function withoutKeeper(statement: string): string {
  return statement
    .replace(/ ?ON CLUSTER 'main'/g, '')
    .replace(/Replicated(\w+)\('[^']*', '\{replica\}'(?:, )?/g, '$1(')
}
