// The places in a statement that differ between a single node, which has plain tables, and a cluster, which has
// replicated tables and distributed ones over them. So one text of a statement serves both:
//
//   {{local hits}}         the table that holds the rows: `hits`, on a cluster `hits_local` of our database
//   {{on cluster}}         ON CLUSTER 'name', or nothing
//   {{engine X(a, b)}}     X(a, b), or ReplicatedX('/path', '{replica}', a, b)
//   {{distributed hits by site_id, visitor_id}}  the Distributed table `hits` over `hits_local`, or nothing
//   {{undistributed hits}} takes that one away, so that it can be made anew with further columns, or nothing
//   {{single node}}        the whole statement is for a single node: on a cluster it is nothing
//   {{every node system.parts}}  a system table of this node, or of all nodes of the cluster
//   {{our database}}       its name as a value
//
// The database is always named on a cluster: a statement ON CLUSTER is run by each node in its own default database.

export type Cluster = { name: string; database: string }

export function fillPlaces(statement: string, cluster: Cluster | undefined): string {
  if (cluster && statement.includes('{{single node}}')) return ''
  return statement
    .replace(/\{\{single node\}\} */g, '')
    .replace(/\{\{local (\w+)\}\}/g, (_, table) => (cluster ? localTable(table, cluster) : table))
    .replace(/\{\{on cluster\}\}/g, cluster ? `ON CLUSTER '${cluster.name}'` : '')
    .replace(/\{\{engine (\w+)\((.*?)\)\}\}/g, (_, engine, args) => {
      if (!cluster) return `${engine}(${args})`
      const replica = `'/clickhouse/tables/{shard}/{database}/{table}', '{replica}'`
      return `Replicated${engine}(${args ? `${replica}, ${args}` : replica})`
    })
    .replace(/\{\{distributed (\w+) by (.+?)\}\}/g, (_, table, columns) =>
      cluster ? distributedTable(table, columns, cluster) : '',
    )
    .replace(/\{\{undistributed (\w+)\}\}/g, (_, table) =>
      cluster
        ? `DROP TABLE IF EXISTS ${quoted(cluster.database)}.${table} ON CLUSTER '${cluster.name}' SYNC`
        : '',
    )
    .replace(/\{\{every node (system\.\w+)\}\}/g, (_, table) =>
      cluster ? `clusterAllReplicas('${cluster.name}', ${table})` : table,
    )
    .replace(/\{\{our database\}\}/g, () =>
      cluster ? `'${escaped(cluster.database)}'` : 'currentDatabase()',
    )
}

/** The same columns give the same shard in every table: what belongs together lies together. */
function distributedTable(table: string, columns: string, cluster: Cluster): string {
  const { name, database } = cluster
  return (
    `CREATE TABLE IF NOT EXISTS ${quoted(database)}.${table} ON CLUSTER '${name}' AS ${localTable(table, cluster)} ` +
    `ENGINE = Distributed('${name}', ${quoted(database)}, ${table}_local, cityHash64(${columns}))`
  )
}

function localTable(table: string, { database }: Cluster): string {
  return `${quoted(database)}.${table}_local`
}

function quoted(name: string): string {
  return `\`${escaped(name)}\``
}

function escaped(text: string): string {
  return text.replace(/[\\`']/g, '\\$&')
}
