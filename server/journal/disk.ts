// How much room a disk has.

import { statfs } from 'node:fs/promises'

/** Bytes free for this user on the file system of a folder. */
export type Disk = (folder: string) => Promise<number>

export const freeBytes: Disk = async (folder) => {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}
