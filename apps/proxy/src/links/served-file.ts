import { Refusal } from '@obb/contracts'
import type { Clock } from '@obb/core/clock'
import type { Download } from '@obb/core/links'
import type { Representation } from '../range/index.js'

/** Seconds for Retry-After while a file is fetched. */
export const NOT_READY_RETRY = 5

/** A file as it is served. Hashes, tag and date are unknown while it is still fetched. */
export interface ServedFile extends Representation {
  objectKey: string
  name: string
  /** Lower-case hex. */
  sha256: string | null
  md5: string | null
  /** CRC-32C, 8 hex digits. */
  crc32c: string | null
}

/** A file that is stored and verified. */
export type ReadyFile = ServedFile & { sha256: string }

/** served keeps files of remembered downloads (RecentDownloads): what is written for a file is then written once. */
const served = new WeakMap<Download, ReadyFile>()

/** Raises the refusal for each state but `ready`. */
export function servedFile(download: Download, clock: Clock): ReadyFile {
  const known = served.get(download)
  if (known !== undefined) return known
  switch (download.state) {
    case 'not_ready':
      throw new Refusal('not_ready', { retryInSeconds: NOT_READY_RETRY })
    case 'ended':
      throw new Refusal('link_ended')
    case 'share_ended':
      throw new Refusal('share_ended')
    case 'account_suspended':
      throw new Refusal('account_suspended')
    case 'account_expired':
      throw new Refusal('account_expired')
    case 'ready': {
      const { objectKey, name, size, sha256, md5, crc32c, doneAt } = download
      if (objectKey === null || size === null || sha256 === null || doneAt === null) {
        throw new Refusal('internal', { internal: `file ${download.fileId} is ready but not described` })
      }
      // RFC 9110 §8.8.2.1: never later than Date, whatever the clock of the fetcher said.
      const lastModified = Math.min(doneAt.getTime(), clock.now())
      const file = { objectKey, name, size, sha256, md5, crc32c, etag: `"${sha256}"`, lastModified }
      served.set(download, file)
      return file
    }
  }
}
