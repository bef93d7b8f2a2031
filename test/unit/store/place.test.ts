import { describe, expect, test } from 'vitest'
import { fillPlaces } from '../../../server/store/place.ts'

const cluster = { name: 'main', database: 'stats' }

const create = `CREATE TABLE IF NOT EXISTS {{local shoes}} {{on cluster}} (size UInt8)
ENGINE = {{engine ReplacingMergeTree(version)}} ORDER BY size`

describe('On a single node', () => {
  test('tables are plain', () => {
    expect(fillPlaces(create, undefined)).toBe(
      'CREATE TABLE IF NOT EXISTS shoes  (size UInt8)\nENGINE = ReplacingMergeTree(version) ORDER BY size',
    )
  })

  test('there is nothing to distribute', () => {
    expect(fillPlaces('{{distributed shoes by size}}', undefined)).toBe('')
  })

  test('system tables are those of the node', () => {
    expect(fillPlaces('SELECT 1 FROM {{every node system.parts}}', undefined)).toBe(
      'SELECT 1 FROM system.parts',
    )
    expect(fillPlaces('{{our database}}', undefined)).toBe('currentDatabase()')
  })
})

describe('On a cluster', () => {
  test('tables with rows are replicated, on every node, and named with their database', () => {
    expect(fillPlaces(create, cluster)).toBe(
      "CREATE TABLE IF NOT EXISTS `stats`.shoes_local ON CLUSTER 'main' (size UInt8)\n" +
        "ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', version) ORDER BY size",
    )
    expect(fillPlaces('{{engine MergeTree()}}', cluster)).toBe(
      "ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')",
    )
  })

  test('a distributed table has the plain name and spreads rows by a hash of its columns', () => {
    expect(fillPlaces('{{distributed shoes by size, tupleElement(foot, 2)}}', cluster)).toBe(
      "CREATE TABLE IF NOT EXISTS `stats`.shoes ON CLUSTER 'main' AS `stats`.shoes_local " +
        "ENGINE = Distributed('main', `stats`, shoes_local, cityHash64(size, tupleElement(foot, 2)))",
    )
  })

  test('a distributed table can be made anew with further columns', () => {
    expect(fillPlaces('{{undistributed shoes}}', cluster)).toBe(
      "DROP TABLE IF EXISTS `stats`.shoes ON CLUSTER 'main' SYNC",
    )
    expect(fillPlaces('{{undistributed shoes}}', undefined)).toBe('')
  })

  test('system tables are those of all nodes', () => {
    expect(fillPlaces('SELECT 1 FROM {{every node system.parts}}', cluster)).toBe(
      "SELECT 1 FROM clusterAllReplicas('main', system.parts)",
    )
  })

  test('a database may have any name', () => {
    const odd = { name: 'main', database: "o'hara `1`" }
    expect(fillPlaces('{{local shoes}} {{our database}}', odd)).toBe(
      "`o\\'hara \\`1\\``.shoes_local 'o\\'hara \\`1\\`'",
    )
  })
})

test('Parameters of a statement are no places', () => {
  const statement = 'DELETE FROM shoes WHERE size = {size:UInt8}'
  expect(fillPlaces(statement, cluster)).toBe(statement)
})
