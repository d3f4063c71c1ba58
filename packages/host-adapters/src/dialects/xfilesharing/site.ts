import type { HostFact } from '../../kit/manifest.js'

/**
 * A site that runs the XFileSharing script with an API that gives direct links: everything in which it differs from the others.
 * A further site is one of these.
 */
export interface Site {
  /** Platform id. */
  id: string
  /** Hostnames, canonical first, without `www.`; subdomains of them are accepted in links. */
  domains: readonly [string, ...string[]]
  /** Base URL of the API. */
  api: string
  /** Connections per file; where the site names none, what is polite. */
  maxChunks: number
  /** Files at once per account. */
  maxDownloads: number
  /** Files per `file/info`. As many as the script reads when absent. */
  checkBatchSize?: number
  /** Links `/s/<id>` of folders, which the API does not list. */
  sharedFolders?: boolean
  /** `file/info` knows everybody's files, so one it leaves out is gone; elsewhere nothing is known of it. */
  listsAllFiles?: boolean
  /** Unit of a traffic figure that has none. Bytes when absent. */
  trafficUnit?: 'B' | 'MB'
  /** Bought traffic is what direct links need: an account that has some may download, free or not. */
  trafficGrantsDownloads?: boolean
  facts: readonly HostFact[]
  /** ISO date on which the facts were last reviewed. */
  reviewed: string
}

/** Most codes that the script reads from one `file/info`; what goes beyond is silently left out. */
export const SCRIPT_BATCH = 50
