/** Writes f.js, core.js and opt-out.js into a folder; their sizes in bytes, compressed with Brotli, by file name. */
export function buildTracker(folder: string): Promise<Record<string, number>>
export function printSizes(sizes: Record<string, number>): void
