// What one client may take of this service, in one place; docs/configuration.md says what happens beyond each.

export type Limits = { readonly [Name in keyof typeof limits]: number }

export const limits = {
  /** Connections at once; further ones are closed. */
  connections: 10_000,
  /** Milliseconds for a request's headers, for all of it, and that an idle connection is kept. */
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 72_000,
  /** Milliseconds in which nothing of an answer could be sent: its client does not read. */
  silence: 300_000,
  /** Milliseconds between two looks at the times above. */
  checkEvery: 2_000,
  /** Bytes of request line and headers together, and how many headers are read. */
  headerBytes: 16_384,
  headers: 100,
  /** Bytes of a body of the API. */
  bodyBytes: 100_000,
  /** Bytes of the body of a bulk tracking request; of all bodies over `bodyBytes` at once, and of all shorter ones. */
  bulkBytes: 10_000_000,
  bodiesBytes: 80_000_000,
  /** Characters of one entry of a bulk request. */
  entryLength: 100_000,
  /** Attempts to sign in that are checked at once: each takes 32 MB, and a thread that the journal needs as well. */
  signInsAtOnce: 4,
  /** Milliseconds between two looks at how the process is doing. */
  lookEvery: 1000,
  /** Past what it can do is one whose looks come so many milliseconds late, or whose heap is full to this share. */
  lateBy: 5000,
  heapShare: 0.9,
} as const
