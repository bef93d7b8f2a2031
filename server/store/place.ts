// The places in a statement that differ between a single node, which has plain tables, and a cluster, which has
// replicated tables and distributed ones over them. So one text of a statement serves both:
//
//   {{local hits}}         the table that holds the rows: `hits`, on a cluster `hits_local`
//   {{on cluster}}         ON CLUSTER 'name', or nothing
//   {{engine X(a, b)}}     X(a, b), or ReplicatedX('/path', '{replica}', a, b)
//   {{distributed hits by site_id, visit_id}}  the Distributed table `hits` over `hits_local`, or nothing

export function fillPlaces(statement: string, cluster: string | undefined): string {
  return statement
    .replace(/\{\{local (\w+)\}\}/g, (_, table) => (cluster ? `${table}_local` : table))
    .replace(/\{\{on cluster\}\}/g, cluster ? `ON CLUSTER '${cluster}'` : '')
    .replace(/\{\{engine (\w+)\((.*?)\)\}\}/g, (_, engine, args) => {
      if (!cluster) return `${engine}(${args})`
      const replica = `'/clickhouse/tables/{shard}/{database}/{table}', '{replica}'`
      return `Replicated${engine}(${args ? `${replica}, ${args}` : replica})`
    })
    .replace(/\{\{distributed (\w+) by (.+?)\}\}/g, (_, table, columns) =>
      cluster
        ? `CREATE TABLE IF NOT EXISTS ${table} ON CLUSTER '${cluster}' AS ${table}_local ` +
          `ENGINE = Distributed('${cluster}', currentDatabase(), ${table}_local, cityHash64(${columns}))`
        : '',
    )
}
