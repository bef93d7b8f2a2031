/** Writes f.js, core.js and opt-out.js into a folder; their sizes in bytes, compressed with Brotli, by file name. */
export function buildTracker(folder: string): Promise<Record<string, number>>
/** What each may have at most, by file name. */
export const scripts: Record<string, { limit: number }>
/** @throws where one is larger than it may be. */
export function printSizes(sizes: Record<string, number>): void
