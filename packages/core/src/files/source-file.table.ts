import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm'
import { FILE_STATES, type FileState } from './file-states.js'

/**
 * Where a file's name is from: its host told it when it was asked (`check`) or with the bytes (`fetch`), or nobody
 * did and it is only what the link says (`link`).
 */
export type NameOrigin = 'check' | 'fetch' | 'link'

/** A file that no link leads to, not even an ended one. */
const UNLINKED = `wanted_at IS NULL AND state IN ('idle', 'error') AND NOT pinned AND refusal IS DISTINCT FROM 'file_blocked'`

/**
 * A file at a host, shared by all users who asked for it. This row, not the queue, is the truth. What a heartbeat writes is
 * in no index, not even in a condition of one: so it costs the row alone (a HOT update).
 */
@Entity('source_file')
@Index('source_file_identity', ['platform', 'hostFileId', 'passwordDigest'], {
  unique: true,
  where: 'superseded_at IS NULL',
})
@Index('source_file_wanted', ['nextAttemptAt'], {
  where: "state = 'pending' AND next_attempt_at IS NOT NULL",
})
@Index('source_file_leased', ['platform'], { where: "state = 'downloading'" })
@Index('source_file_stored', ['lastAccessAt', 'id'], {
  where: "state = 'done' AND object_key IS NOT NULL AND NOT pinned",
})
@Index('source_file_evicted', ['lastAccessAt', 'id'], {
  where: "state = 'done' AND object_key IS NULL AND NOT pinned",
})
@Index('source_file_upload', ['uploadId'], { where: 'upload_id IS NOT NULL' })
@Index('source_file_sha256', ['sha256'], { type: 'hash', where: 'sha256 IS NOT NULL' })
@Index('source_file_url', ['canonicalUrl'], { type: 'hash' })
@Index('source_file_blocked', ['refusedUntil'], { where: "refusal = 'file_blocked'" })
@Index('source_file_listed', ['updatedAt', 'id'])
@Index('source_file_unlinked', ['updatedAt'], { where: UNLINKED })
@Check('source_file_state_known', `state IN (${FILE_STATES.map((state) => `'${state}'`).join(', ')})`)
@Check('source_file_name_from_known', "name_from IN ('check', 'fetch', 'link')")
export class SourceFile {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'source_file_pkey' })
  id: string

  @Column('text')
  platform: string

  @Column('text')
  hostFileId: string

  /** SHA-256 of the file password and the secret part of the link, hex; empty without either. */
  @Column('text', { default: '' })
  passwordDigest: string

  @Column('text')
  canonicalUrl: string

  /** Sealed JSON: the password and the secret part of the link. */
  @Column('bytea', { nullable: true })
  sealed: Buffer | null

  /** Counts attempts at the same file from scratch; results of an older generation are ignored. */
  @Column('int', { default: 1 })
  generation: number

  @Column('text', { default: 'idle' })
  state: FileState

  @Column('text', { nullable: true })
  name: string | null

  @Column('text', { default: 'check' })
  nameFrom: NameOrigin

  @Column('bigint', { nullable: true })
  size: number | null

  /** False: its host does not tell the size. Until the file is whole, `size` is what its links are charged for so far. */
  @Column('boolean', { default: true })
  sizeTold: boolean

  /** The host's own hash of the file. */
  @Column('text', { nullable: true })
  hostHashAlgorithm: 'md5' | 'sha1' | 'sha256' | null

  @Column('text', { nullable: true })
  hostHash: string | null

  @Column('text', { nullable: true })
  validator: string | null

  /** When its host was seen to have another one in its place: links lead to it still, requests mean the new one. */
  @Column('timestamptz', { nullable: true })
  supersededAt: Date | null

  /** When the host last told about this file. */
  @Column('timestamptz', { nullable: true })
  checkedAt: Date | null

  /** Cause of the last refusal (contracts), answered without asking the host until `refusedUntil`. */
  @Column('text', { nullable: true })
  refusal: string | null

  @Column('timestamptz', { nullable: true })
  refusedUntil: Date | null

  /** Since when it is wanted: the age of the job. Null while no link leads to it, not even an ended one. */
  @Column('timestamptz', { nullable: true })
  wantedAt: Date | null

  @Column('timestamptz', { nullable: true })
  nextAttemptAt: Date | null

  /** Failed attempts of this generation. */
  @Column('int', { default: 0 })
  attempts: number

  /** Counts claims by workers; fences off a worker that lost its lease. */
  @Column('int', { default: 0 })
  claim: number

  @Column('timestamptz', { nullable: true })
  claimedAt: Date | null

  /** Workers that died one after the other, each soon after it began with the file and with no part stored since. */
  @Column('int', { default: 0 })
  workerDeaths: number

  /** Since the first of them it was tried while no other was that workers died over. */
  @Column('boolean', { default: false })
  triedAlone: boolean

  /** Bytes that were stored when the last of them was noticed. */
  @Column('bigint', { default: 0 })
  storedAtDeath: number

  @Column('text', { nullable: true })
  worker: string | null

  @Column('timestamptz', { nullable: true })
  leaseUntil: Date | null

  /** The account on whose slot it is being fetched. */
  @Column('uuid', { nullable: true })
  slotAccountId: string | null

  @Column('text', { nullable: true })
  objectKey: string | null

  @Column('text', { nullable: true })
  uploadId: string | null

  @Column('bigint', { nullable: true })
  partSize: number | null

  @Column('bigint', { default: 0 })
  bytesDone: number

  /** Where the bytes stored of it are none of the file's, since its host has lost those; megabytes at worst. */
  @Column({ type: 'int8multirange', default: '{}', select: false, insert: false, update: false })
  gaps?: string

  /** Bytes in its gaps. */
  @Column('bigint', { default: 0 })
  missingBytes: number

  /** Bytes per second, smoothed. */
  @Column('bigint', { nullable: true })
  speed: number | null

  /** It has been fetched more slowly than the floor for so long that it gives way to one that waits. */
  @Column('boolean', { default: false })
  crawls: boolean

  /** How often it gave way since it was wanted. */
  @Column('int', { default: 0 })
  yields: number

  @Column('text', { nullable: true })
  sha256: string | null

  @Column('text', { nullable: true })
  md5: string | null

  /** CRC-32C (Castagnoli), 8 hex digits. */
  @Column('text', { nullable: true })
  crc32c: string | null

  /** Kept whatever its age and however full the store is. */
  @Column('boolean', { default: false })
  pinned: boolean

  @Column('timestamptz', { nullable: true })
  doneAt: Date | null

  @Column('timestamptz', { nullable: true })
  lastAccessAt: Date | null

  @Column('timestamptz')
  createdAt: Date

  /** When it last changed, progress apart: an indexed time that moved each second would have every index written. */
  @Column('timestamptz')
  updatedAt: Date
}
