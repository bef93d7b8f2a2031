// What one client may take of this service, in one place; docs/configuration.md says what happens beyond each.

export type Limits = { readonly [Name in keyof typeof limits]: number }

export const limits = {
  /** Connections at once; further ones are closed. */
  connections: 10_000,
  /** Milliseconds for a request's headers, for all of it, and that an idle connection is kept. */
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 72_000,
  /** Milliseconds between two looks at the times above. */
  checkEvery: 2_000,
  /** Bytes of request line and headers together, and how many headers are read. */
  headerBytes: 16_384,
  headers: 100,
  /** Bytes of a body of the API. */
  bodyBytes: 100_000,
  /** Bytes of the body of a bulk tracking request, and how many bodies over `bodyBytes` are taken in at once. */
  bulkBytes: 10_000_000,
  bulksAtOnce: 8,
} as const
