import type { Gaps } from '@obb/host-adapters'
import type { EntityManager } from 'typeorm'
import { isDueSql, isLeasedSql } from '../file-states.js'
import type { HostRefusal } from '../refusal.js'
import { giveUp } from './given-up.js'
import { NOT_REFUSED, RELEASED, type Runner, change, changeReturning, transition } from './statement.js'

/* What fetchers do with a file they fetch. False, or undefined: the claim is lost, and nothing was changed. */

/** A worker's hold on a file. Every later step names the claim, so a worker that lost it changes nothing. */
export interface Claim {
  fileId: string
  claim: number
  worker: string
}

/** A FetchJob is what wakes a worker for a file. */
export interface FetchJob {
  fileId: string
  generation: number
}

export interface FetchProgress {
  bytesDone: number
  /** Bytes per second, smoothed; null before it is known. */
  speed: number | null
  /** So slow for so long that it gives way to one that waits. */
  crawls?: boolean
}

/** How a fetch waits for its next attempt. */
export interface Waiting {
  /** It counts towards giving up. */
  failedAttempt: boolean
  /** Forgets the parts that are stored. */
  restart: boolean
  /** False: nothing was tried, so what it is suspected of stays. */
  tried?: boolean
  /** It crawled, and left its slot to another one. */
  gaveWay?: boolean
}

export interface FetchResult {
  size: number
  sha256: string
  /** Null where it was not computed. */
  md5?: string | null
  crc32c?: string | null
  /** See FilePieces. */
  pieces?: Buffer | null
}

/** What takes a worker down does so soon; one that worked for longer died of something else. */
const SOON = `interval '10 minutes'`

/** One that is taken from a worker whose lease ran out: that one died, or hung. */
const DEATHS = `CASE WHEN f.state <> 'downloading' THEN f.worker_deaths
                     WHEN f.claimed_at + ${SOON} < f.lease_until THEN 0
                     ELSE f.worker_deaths + 1 END`

const CLAIM = transition('claim', {
  set: `claim = f.claim + 1, worker = $3, lease_until = $4, slot_account_id = $5, worker_deaths = ${DEATHS},
        tried_alone = f.tried_alone AND ${DEATHS} > 0, claimed_at = $2, crawls = false, updated_at = $2`,
  where: `f.id = $1 AND f.generation = $6 AND ${isDueSql('f', '$2')}`,
})

/** False: it is not due, or of another generation. */
export async function claim(
  runner: Runner,
  job: FetchJob,
  by: { worker: string; leaseUntil: Date; slotAccountId: string | null },
  now: Date,
): Promise<boolean> {
  const values = [job.fileId, now, by.worker, by.leaseUntil, by.slotAccountId, job.generation]
  return (await change(runner, CLAIM, values)) === 1
}

/** One statement of the holder of a claim. */
async function step(
  runner: Runner,
  statement: string,
  { fileId, claim }: Claim,
  now: Date,
  values: unknown[],
): Promise<boolean> {
  return (await change(runner, statement, [fileId, now, claim, ...values])) === 1
}

/** Once a second: no column of an index is written, or all of them would be. */
const RENEW = transition('renew', {
  set: 'lease_until = $4, bytes_done = $5, speed = $6, crawls = $7',
  where: `f.id = $1 AND ${isLeasedSql('f', '$2')}`,
})

/** Not one whose lease is over, though nobody took over yet: its slot may have been given to another file. */
export function renew(
  runner: Runner,
  claim: Claim,
  leaseUntil: Date,
  { bytesDone, speed, crawls = false }: FetchProgress,
  now: Date,
): Promise<boolean> {
  return step(runner, RENEW, claim, now, [leaseUntil, bytesDone, speed, crawls])
}

const CLEAR = transition('clear', {
  set: 'worker_deaths = 0, tried_alone = false, stored_at_death = $4, updated_at = $2',
})

/** `stored`: bytes in the store. */
export function clear(runner: Runner, claim: Claim, stored: number, now: Date): Promise<boolean> {
  return step(runner, CLEAR, claim, now, [stored])
}

const ISOLATE = transition('isolate', { set: 'tried_alone = true, updated_at = $2' })

export function isolate(runner: Runner, claim: Claim, now: Date): Promise<boolean> {
  return step(runner, ISOLATE, claim, now, [])
}

const SET_UPLOAD = transition('setUpload', {
  set: `object_key = $4, upload_id = $5, part_size = $6, gaps = '{}', missing_bytes = 0, updated_at = $2`,
})

export function setUpload(
  runner: Runner,
  claim: Claim,
  upload: { objectKey: string; uploadId: string; partSize: number },
  now: Date,
): Promise<boolean> {
  return step(runner, SET_UPLOAD, claim, now, [upload.objectKey, upload.uploadId, upload.partSize])
}

const WITH_GAP = 'f.gaps + int8multirange(int8range($4, $5))'
const RECORD_GAP = transition('recordGap', {
  set: `gaps = ${WITH_GAP}, updated_at = $2,
        missing_bytes = (SELECT sum(upper(gap) - lower(gap)) FROM unnest(${WITH_GAP}) AS gap)`,
  returning: `f.missing_bytes::float8 AS missing, (SELECT count(*)::int FROM unnest(f.gaps)) AS count`,
})

/** Bytes [start, end) that come from the host are none of the file's. All gaps of the present upload together. */
export async function recordGap(
  runner: Runner,
  { fileId, claim }: Claim,
  { start, end }: { start: number; end: number },
  now: Date,
): Promise<Gaps | undefined> {
  const [gaps] = await changeReturning<Gaps>(runner, RECORD_GAP, [fileId, now, claim, start, end])
  return gaps
}

const RESIZE = transition('resize', {
  set: 'size = $4, size_told = true, bytes_done = 0, upload_id = NULL, updated_at = $2',
})

/** Everything starts over. */
export function resize(runner: Runner, claim: Claim, size: number, now: Date): Promise<boolean> {
  return step(runner, RESIZE, claim, now, [size])
}

const GROW = transition('grow', { set: 'size = $4, size_told = false, updated_at = $2' })

/** So many bytes of a file have come whose host does not tell how many it has. */
export function grow(runner: Runner, claim: Claim, size: number, now: Date): Promise<boolean> {
  return step(runner, GROW, claim, now, [size])
}

const RENAME = transition('rename', {
  set: `name = $4, name_from = 'fetch', updated_at = $2`,
  returning: `f.platform, f.host_file_id AS "hostFileId", f.canonical_url AS "canonicalUrl", f.name`,
})

/** rename sets the file's name and gives what is known of the file then. */
export async function rename(
  runner: Runner,
  { fileId, claim }: Claim,
  name: string,
  now: Date,
): Promise<{ platform: string; hostFileId: string; canonicalUrl: string; name: string } | undefined> {
  const [named] = await changeReturning<{
    platform: string
    hostFileId: string
    canonicalUrl: string
    name: string
  }>(runner, RENAME, [fileId, now, claim, name])
  return named
}

const RECORD_DIGEST = transition('recordDigest', { set: 'sha256 = $4, updated_at = $2' })

/** recordDigest notes the SHA-256 of bytes that will not be served: they are known by it from now on. */
export function recordDigest(runner: Runner, claim: Claim, sha256: string, now: Date): Promise<boolean> {
  return step(runner, RECORD_DIGEST, claim, now, [sha256])
}

const FINISH = transition('finish', {
  set: `size = $4, bytes_done = $4, sha256 = $5, md5 = $6, crc32c = $7, done_at = $2, last_access_at = $2,
        upload_id = NULL, ${RELEASED}, ${NOT_REFUSED}, updated_at = $2`,
})

export function finish(runner: Runner, claim: Claim, result: FetchResult, now: Date): Promise<boolean> {
  const { size, sha256, md5 = null, crc32c = null } = result
  return step(runner, FINISH, claim, now, [size, sha256, md5, crc32c])
}

const WAIT = transition('wait', {
  set: `next_attempt_at = $4, attempts = f.attempts + $5, yields = f.yields + $8, ${RELEASED}, updated_at = $2,
        worker_deaths = CASE WHEN $7 THEN 0 ELSE f.worker_deaths END, tried_alone = f.tried_alone AND NOT $7,
        upload_id = CASE WHEN $6 THEN NULL ELSE f.upload_id END,
        bytes_done = CASE WHEN $6 THEN 0 ELSE f.bytes_done END`,
})

/** `until`: epoch ms. */
export function wait(
  runner: Runner,
  claim: Claim,
  until: number,
  { failedAttempt, restart, tried = true, gaveWay = false }: Waiting,
  now: Date,
): Promise<boolean> {
  const how = [failedAttempt ? 1 : 0, restart, tried, gaveWay ? 1 : 0]
  return step(runner, WAIT, claim, now, [new Date(until), ...how])
}

const FAIL = transition('fail', {
  set: `refusal = $4, refused_until = $5, ${RELEASED}, updated_at = $2`,
  empties: true,
})

/** Call it under the file's lock. What is stored of it goes at once. */
export async function fail(
  tx: EntityManager,
  { fileId, claim }: Claim,
  refusal: HostRefusal,
  now: Date,
): Promise<boolean> {
  const values = [fileId, now, claim, refusal.cause, new Date(refusal.until)]
  return (await giveUp(tx, FAIL, values, now, 'its worker')).length === 1
}
