import { type FileState, type SourceFile, isInSql, isSized } from '../files/index.js'
import { keyNameSql } from '../traffic/index.js'
import type { Link } from './link.table.js'
import { isLive } from './liveness.js'

/** A link together with what its file does right now: one read of two rows. */
export interface LinkView {
  id: string
  accountId: string
  fileId: string
  platform: string
  hostDomain: string
  package: string | null
  /** The key that it was asked for with; null: none. */
  keyId: string | null
  createdAt: Date
  expiresAt: Date
  endedAt: Date | null
  endReason: Link['endReason']
  refusal: string | null
  retryAt: Date | null
  state: FileState
  name: string
  /** Bytes; of a file whose host does not tell, what has come so far. */
  size: number
  isSized: boolean
  bytesDone: number
  speed: number | null
  attempts: number
  wantedAt: Date | null
  nextAttemptAt: Date | null
  sha256: string | null
  md5: string | null
  crc32c: string | null
  /** Bytes of it that its host has lost. */
  missingBytes: number
}

/** LinkViewRow is what is read of a link `l` and its file `f`. */
export type LinkViewRow = LinkView & { evicted: boolean }

/** The same as it stands in a list, with the name that its key has, or had in the end. */
export interface ListedLinkView extends LinkView {
  keyName: string | null
}
export type ListedLinkRow = ListedLinkView & { evicted: boolean }

export const VIEW_COLUMNS = `
         l.id, l.account_id AS "accountId", l.file_id AS "fileId", f.platform, l.host_domain AS "hostDomain",
         l.package, l.key_id AS "keyId",
         l.created_at AS "createdAt", l.expires_at AS "expiresAt", l.ended_at AS "endedAt",
         l.end_reason AS "endReason", l.refusal, l.retry_at AS "retryAt", f.state, coalesce(l.name, f.name) AS name,
         f.size, f.size_told OR f.state = 'done' AS "isSized",
         f.bytes_done AS "bytesDone", f.speed, f.attempts, f.wanted_at AS "wantedAt",
         f.next_attempt_at AS "nextAttemptAt", f.sha256, f.md5, f.crc32c,
         f.missing_bytes AS "missingBytes",
         ${isInSql(['evicted'], 'f')} AS evicted`

export const LISTED_COLUMNS = `${VIEW_COLUMNS}, ${keyNameSql('l.key_id')} AS "keyName"`

type LinkRow = Omit<
  Link,
  'account' | 'file' | 'charged' | 'fileId' | 'unfinished' | 'requestId' | 'traceparent'
>

/**
 * A link to an evicted file is told as the request for it finds it: the file is to be fetched again, and begins anew.
 */
export function asAskedFor<Row extends LinkViewRow>(row: Row, now: Date): Omit<Row, 'evicted'> {
  const { evicted, ...view } = row
  if (!evicted || !isLive(row, row, now.getTime())) return view
  return { ...view, state: 'pending', bytesDone: 0, attempts: 0, wantedAt: now, nextAttemptAt: now }
}

/** The same of rows that were read already. */
export function linkView(link: LinkRow, file: SourceFile): LinkView {
  return {
    id: link.id,
    accountId: link.accountId,
    fileId: file.id,
    platform: file.platform,
    hostDomain: link.hostDomain,
    package: link.package,
    keyId: link.keyId,
    createdAt: link.createdAt,
    expiresAt: link.expiresAt,
    endedAt: link.endedAt,
    endReason: link.endReason,
    refusal: link.refusal,
    retryAt: link.retryAt,
    state: file.state,
    name: link.name ?? file.name ?? '',
    size: file.size ?? 0,
    isSized: isSized(file),
    bytesDone: file.bytesDone,
    speed: file.speed,
    attempts: file.attempts,
    wantedAt: file.wantedAt,
    nextAttemptAt: file.nextAttemptAt,
    sha256: file.sha256,
    md5: file.md5,
    crc32c: file.crc32c,
    missingBytes: file.missingBytes,
  }
}
