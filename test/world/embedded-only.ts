// Test files that say nothing about a ClickHouse server, each with the reason: `npm run test:server` leaves them out.

export const embeddedOnly: Record<string, string> = {
  'test/integration/faults/killed.test.ts': 'takes files of the embedded engine away',
  'test/integration/faults/power-loss.test.ts': 'watches what the embedded engine writes to its disk',
  'test/integration/faults/disk-full.test.ts': 'fills the disk of the embedded engine',
  'test/integration/faults/refused-segment.test.ts': 'copies the data folder with its store',
  'test/integration/store/cluster.test.ts': 'sets the embedded engine up as a cluster',
}
