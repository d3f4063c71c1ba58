import type { DataSource, EntityManager } from 'typeorm'
import { forgetPieces } from '../file-pieces.js'
import { UNFETCHED, isInSql } from '../file-states.js'
import type { HostRefusal } from '../refusal.js'
import { SourceFile } from '../source-file.table.js'
import type { NameOrigin } from '../source-file.table.js'
import { NOT_REFUSED, type Runner, change, transition } from './statement.js'

/* What is known of a file that nobody fetches and that is not stored. */

export type NewFile = Pick<
  SourceFile,
  'id' | 'platform' | 'hostFileId' | 'passwordDigest' | 'canonicalUrl' | 'sealed' | 'createdAt' | 'updatedAt'
>

/** Nothing happens where the file is known already. */
export async function add(database: DataSource, file: NewFile): Promise<void> {
  await database.createQueryBuilder().insert().into(SourceFile).values(file).orIgnore().execute()
}

const SET_URL = transition('setUrl', {
  set: `canonical_url = $3, ${NOT_REFUSED}, checked_at = NULL, updated_at = $2`,
  where: 'f.id = $1 AND f.refusal IS NOT NULL',
})

/** A file that was refused is asked about again by another link. */
export async function setUrl(runner: Runner, fileId: string, canonicalUrl: string, now: Date): Promise<void> {
  await change(runner, SET_URL, [fileId, now, canonicalUrl])
}

const UNTOLD_NAME = `$4 = 'link' AND f.name_from = 'fetch'`

const RECORD_FACTS = transition('recordFacts', {
  set: `name = CASE WHEN ${UNTOLD_NAME} THEN f.name ELSE $3 END,
        name_from = CASE WHEN ${UNTOLD_NAME} THEN f.name_from ELSE $4 END,
        size = $5, size_told = $9, host_hash_algorithm = $6, host_hash = $7, validator = $8, checked_at = $2,
        sha256 = CASE WHEN f.size = $5 AND f.host_hash IS NOT DISTINCT FROM $7
                       AND f.validator IS NOT DISTINCT FROM $8 THEN f.sha256 END,
        ${NOT_REFUSED}, updated_at = $2`,
})

export interface FileFacts {
  name: string
  nameFrom: NameOrigin
  /** Bytes; undefined where the host does not tell. */
  size: number | undefined
  hash?: { algorithm: string; value: string } | undefined
  validator?: string | undefined
}

/**
 * The digest of bytes that were stored once stays only while the host tells nothing else about them. A name that came
 * with the bytes gives way to one that is told, not to what the link says.
 */
export async function recordFacts(
  runner: Runner,
  fileId: string,
  { name, nameFrom, size, hash, validator }: FileFacts,
  now: Date,
): Promise<void> {
  const hashed = [hash?.algorithm ?? null, hash?.value ?? null]
  const sized = [size ?? 0, ...hashed, validator ?? null, size !== undefined]
  await change(runner, RECORD_FACTS, [fileId, now, name, nameFrom, ...sized])
}

const RECORD_REFUSAL = transition('recordRefusal', {
  set: 'refusal = $3, refused_until = $4, checked_at = $2, updated_at = $2',
})

export async function recordRefusal(
  runner: Runner,
  fileId: string,
  { cause, until }: HostRefusal,
  now: Date,
): Promise<void> {
  await change(runner, RECORD_REFUSAL, [fileId, now, cause, new Date(until)])
}

const CONFIRM = transition('confirm', { set: 'checked_at = $2' })

/** A stored file was asked about again, and nothing else is known to be in its place. */
export async function confirm(runner: Runner, fileId: string, now: Date): Promise<void> {
  await change(runner, CONFIRM, [fileId, now])
}

const SUPERSEDE = transition('supersede', {
  set: 'superseded_at = $2, checked_at = $2, updated_at = $2',
  where: 'f.id = $1 AND f.superseded_at IS NULL',
})

/** Whoever asks for such a file from now on gets a new one. */
export async function supersede(runner: Runner, fileId: string, now: Date): Promise<void> {
  await change(runner, SUPERSEDE, [fileId, now])
}

const DOUBT = transition('doubt', { set: 'checked_at = NULL' })

/** The next one who asks for a stored file has its host asked, where what is there may change. */
export async function doubt(runner: Runner, fileId: string): Promise<void> {
  await change(runner, DOUBT, [fileId])
}

const UNBLOCK = transition('unblock', {
  set: 'refused_until = $1',
  where: `f.refusal = 'file_blocked' AND f.refused_until > $1`,
})

/** Files that are refused for a block may be asked for again at once. */
export async function unblock(runner: Runner, now: Date): Promise<void> {
  await change(runner, UNBLOCK, [now])
}

/** One look into the index for each file: NOT EXISTS would be a join, for which the planner may read all links. */
const UNLINK = transition('unlink', {
  set: 'wanted_at = NULL',
  where: 'f.id = ANY($1) AND (SELECT true FROM link WHERE link.file_id = f.id LIMIT 1) IS NULL',
})

/** unlink notes of those that no link leads to any more, not even an ended one, that this is so. */
export async function unlink(runner: Runner, fileIds: readonly string[]): Promise<void> {
  await change(runner, UNLINK, [fileIds])
}

/**
 * drop deletes the rows of files that no link leads to, which nobody asked about since `before`, at most `limit`. What is
 * pinned stays, and what is refused for a block: it is known by its bytes. How many they were.
 */
export async function drop(tx: EntityManager, before: Date, limit: number): Promise<number> {
  const [dropped] = await tx.query<[{ id: string }[], number]>(
    `DELETE FROM source_file WHERE id = ANY(ARRAY(
       SELECT id FROM source_file f
        WHERE updated_at <= $1 AND wanted_at IS NULL AND ${isInSql(UNFETCHED, 'f')} AND NOT pinned
          AND refusal IS DISTINCT FROM 'file_blocked'
          AND (SELECT true FROM link WHERE link.file_id = f.id LIMIT 1) IS NULL
        ORDER BY updated_at LIMIT $2 FOR UPDATE SKIP LOCKED))
     RETURNING id`,
    [before, limit],
  )
  await forgetPieces(
    tx,
    dropped.map(({ id }) => id),
  )
  return dropped.length
}
