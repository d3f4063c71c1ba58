import { createHash, randomUUID } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { Refusal, type RefusalCause, isPassing, isRefusalCause } from '@obb/contracts'
import type { AvailableFile, FileRef } from '@obb/host-adapters'
import { DataSource, IsNull } from 'typeorm'
import { z } from 'zod'
import { Clock, dateOf } from '../clock/index.js'
import { isUnendedSql } from '../links/liveness.js'
import { transaction } from '../locks/index.js'
import { type SortKey, type Stretch, readLookEnd, readStretch } from '../pages/index.js'
import { SEALED, Vault } from '../secrets/index.js'
import { DONE, type FileState, UNFETCHED, isIn } from './file-states.js'
import type { HostRefusal } from './refusal.js'
import { type NameOrigin, SourceFile } from './source-file.table.js'
import * as transitions from './transitions/index.js'

/** How long what a host told about a file is taken as true, ms. */
const FRESH_MS = 10 * 60_000
/**
 * How long the size is good enough to refuse by, ms: a client that comes back every few minutes with a file that
 * is too large for it costs the host nothing.
 */
const SIZE_TRUSTED_MS = 24 * 3_600_000
/** How often, at most, a host is asked whether what is stored is still what it has, ms. */
const CONFIRMED_MS = 5 * 60_000

const PURPOSE = SEALED.file.purpose
export const fileSecretsSchema = z.object({ password: z.string().optional(), secret: z.string().optional() })
export type FileSecrets = z.infer<typeof fileSecretsSchema>

export interface FileIdentity {
  platform: string
  hostFileId: string
  passwordDigest: string
}

/** Which file a request means. A password or a secret link part makes a file of its own: it must not leak. */
export function fileIdentity(platform: string, ref: FileRef, password: string | undefined): FileIdentity {
  const secrets = [password ?? '', ref.secret ?? '']
  const digest = secrets.every((part) => part === '')
    ? ''
    : createHash('sha256').update(JSON.stringify(secrets)).digest('hex')
  return { platform, hostFileId: ref.fileId, passwordDigest: digest }
}

/** Whether the host's last refusal still answers for it. `now`: epoch ms. */
export function isRemembered(
  file: SourceFile,
  now: number,
): file is SourceFile & { refusal: RefusalCause; refusedUntil: Date } {
  if (!isIn(UNFETCHED, file)) return false
  return isRefusalCause(file.refusal) && file.refusedUntil !== null && file.refusedUntil.getTime() > now
}

/** Whether the bytes of a whole file, or what its host told, say how large it is. */
export function isSized({ sizeTold, state }: Pick<SourceFile, 'sizeTold' | 'state'>): boolean {
  return sizeTold || state === 'done'
}

/** Bytes that gates reckon with: at least one of a file whose host does not tell how many it has. */
export function reckonedSize(file: SourceFile): number | null {
  return isSized(file) ? file.size : Math.max(1, file.size ?? 0)
}

/** Bytes that may be told to a user; null is unknown. */
export function toldSize(file: SourceFile): number | null {
  return isSized(file) ? file.size : null
}

/** What tells the bytes of two files apart; what is unknown of one of them does not. */
export type FileVersion = Pick<AvailableFile, 'size' | 'validator' | 'hash'>

export function versionOf({ hostHash, hostHashAlgorithm, size, validator }: SourceFile): FileVersion {
  return {
    ...(size !== null && { size }),
    ...(validator !== null && { validator }),
    ...(hostHash !== null &&
      hostHashAlgorithm !== null && { hash: { algorithm: hostHashAlgorithm, value: hostHash } }),
  }
}

export function differ(one: FileVersion, other: FileVersion): boolean {
  const are = <T>(a: T | undefined, b: T | undefined): boolean =>
    a !== undefined && b !== undefined && a !== b
  const isSameKind = one.hash?.algorithm === other.hash?.algorithm
  const hashes = isSameKind && are(one.hash?.value, other.hash?.value)
  return hashes || are(one.size, other.size) || are(one.validator, other.validator)
}

const BY_CHANGE: SortKey = { properties: { updatedAt: 'timestamptz', id: 'uuid' }, direction: 'DESC' }

export interface FileFilter {
  /** A part of the name, whatever the case; or the whole id at its host, SHA-256 or id. */
  search?: string | undefined
  state?: FileState | undefined
}

const SHA256 = /^[0-9a-f]{64}$/i
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** What one row, or an index of its own, has. */
function isIdentifier(search: string): boolean {
  return SHA256.test(search) || UUID.test(search)
}

function searchSql(search: string): string {
  if (SHA256.test(search)) return 'f.sha256 = lower(:search)'
  if (UUID.test(search)) return 'f.id = CAST(:search AS uuid)'
  return '(strpos(lower(f.name), lower(:search)) > 0 OR f.hostFileId = :search)'
}

/** Whether files of a state are most of all, or have an index of their own. */
function isUsual(state: FileState | undefined): boolean {
  return state === undefined || state === 'done' || state === 'downloading' || state === 'pending'
}

/** The files that are known, and what their hosts told about them. */
@Injectable()
export class Files {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
    private readonly vault: Vault,
  ) {}

  /** The row of this file, made now if nobody asked for it before. */
  async ensure(identity: FileIdentity, ref: FileRef, password: string | undefined): Promise<SourceFile> {
    const known = await this.find(identity)
    if (known) return this.withNewUrl(known, ref)
    const secrets: FileSecrets = {
      ...(password === undefined ? {} : { password }),
      ...(ref.secret === undefined ? {} : { secret: ref.secret }),
    }
    const now = dateOf(this.clock)
    const id = randomUUID()
    await transitions.add(this.database, {
      id,
      ...identity,
      canonicalUrl: ref.canonicalUrl,
      sealed: identity.passwordDigest === '' ? null : this.vault.seal(PURPOSE, id, secrets),
      createdAt: now,
      updatedAt: now,
    })
    return this.database.manager.findOneByOrFail(SourceFile, { ...identity, supersededAt: IsNull() })
  }

  /**
   * The file, asked for by the link as it is written now. Where its host refused it by another one that means the
   * same file (another domain, another document that lists it), it is asked again.
   */
  async withNewUrl(file: SourceFile, { canonicalUrl }: FileRef): Promise<SourceFile> {
    if (file.canonicalUrl === canonicalUrl || file.refusal === null) return file
    await transitions.setUrl(this.database, file.id, canonicalUrl, dateOf(this.clock))
    return this.database.manager.findOneByOrFail(SourceFile, { id: file.id })
  }

  /** The file if somebody asked for it before. */
  async find(identity: FileIdentity): Promise<SourceFile | undefined> {
    const wanted = { ...identity, supersededAt: IsNull() }
    return (await this.database.manager.findOneBy(SourceFile, wanted)) ?? undefined
  }

  /** Bytes that are missing of those of a platform's files that are stored, by their ids at the host. */
  async missingOf(platform: string, hostFileIds: readonly string[]): Promise<Map<string, number>> {
    const rows = await this.database.query<{ id: string; missing: number }[]>(
      `SELECT host_file_id AS id, missing_bytes::float8 AS missing FROM source_file f
        WHERE platform = $1 AND host_file_id = ANY($2) AND state = 'done'`,
      [platform, hostFileIds],
    )
    return new Map(rows.map(({ id, missing }) => [id, missing]))
  }

  async byId(id: string): Promise<SourceFile | undefined> {
    return (await this.database.manager.findOneBy(SourceFile, { id })) ?? undefined
  }

  /** Those that changed last first; the key of a stretch is `updatedAt` in ISO 8601 and `id`. */
  async list(stretch: Stretch = {}, filter: FileFilter = {}): Promise<(SourceFile & { links: number })[]> {
    const files = this.database.manager.createQueryBuilder(SourceFile, 'f')
    const { search, state } = filter
    if (state !== undefined) files.andWhere('f.state = :state', { state })
    if (search !== undefined) files.andWhere(searchSql(search), { search })
    return this.withLinkCounts(await readStretch(files, BY_CHANGE, stretch))
  }

  /** Where a page of a list stops looking, undefined where an index finds what the filter lets through. */
  async lookEnd(stretch: Stretch, { search, state }: FileFilter): Promise<string[] | undefined> {
    const isFound = search === undefined ? isUsual(state) : isIdentifier(search)
    if (isFound) return undefined
    return readLookEnd(this.database.manager.createQueryBuilder(SourceFile, 'f'), BY_CHANGE, stretch)
  }

  async withLinks(id: string): Promise<(SourceFile & { links: number }) | undefined> {
    return (await this.withLinkCounts(await this.database.manager.findBy(SourceFile, { id })))[0]
  }

  private async withLinkCounts(files: SourceFile[]): Promise<(SourceFile & { links: number })[]> {
    const counts = await this.database.query<{ id: string; links: number }[]>(
      `SELECT file_id AS id, count(*)::int AS links FROM link
        WHERE ${isUnendedSql('link')} AND file_id = ANY($1) GROUP BY file_id`,
      [files.map((file) => file.id)],
    )
    const links = new Map(counts.map((row) => [row.id, row.links]))
    return files.map((file) => Object.assign(file, { links: links.get(file.id) ?? 0 }))
  }

  secrets(file: SourceFile): FileSecrets {
    const { id, sealed } = file
    return sealed === null ? {} : fileSecretsSchema.parse(this.vault.open(PURPOSE, id, sealed))
  }

  /** The Refusal that is remembered for this file, while it holds. */
  rememberedRefusal(file: SourceFile): Refusal | undefined {
    const now = this.clock.now()
    if (!isRemembered(file, now)) return undefined
    const retryInSeconds = Math.ceil((file.refusedUntil.getTime() - now) / 1000)
    return new Refusal(file.refusal, isPassing(file.refusal) ? { retryInSeconds } : {})
  }

  /** Raises it. */
  assertNotRefused(file: SourceFile): void {
    const refusal = this.rememberedRefusal(file)
    if (refusal) throw refusal
  }

  /** Whether an inspection has left its outcome: facts, or a refusal. */
  isAnswered(file: SourceFile): boolean {
    return isRemembered(file, this.clock.now()) || !this.needsInspection(file)
  }

  /** True if its host has to be asked before a link to it can be made. */
  needsInspection(file: SourceFile): boolean {
    if (!isIn(UNFETCHED, file)) return false
    if (file.checkedAt === null || file.size === null || file.refusal !== null) return true
    return file.checkedAt.getTime() + FRESH_MS <= this.clock.now()
  }

  /**
   * Whether the host has to be asked if it still has what is stored. True again after some minutes: for files that may
   * change at their place only.
   */
  needsConfirmation({ checkedAt, supersededAt, ...file }: SourceFile): boolean {
    if (!isIn(DONE, file) || supersededAt !== null) return false
    return checkedAt === null || checkedAt.getTime() + CONFIRMED_MS <= this.clock.now()
  }

  /** A stored file was asked about again, and nothing else is known to be in its place. */
  confirm(id: string): Promise<void> {
    return transitions.confirm(this.database, id, dateOf(this.clock))
  }

  /** Its host has another one in place of a stored file: whoever asks for it from now on gets that. */
  supersede(id: string): Promise<void> {
    return transitions.supersede(this.database, id, dateOf(this.clock))
  }

  /** Bytes to reckon with before the host is asked again; null is unknown. */
  knownSize(file: SourceFile): number | null {
    if (!this.needsInspection(file)) return reckonedSize(file)
    const trusted = file.checkedAt !== null && file.checkedAt.getTime() + SIZE_TRUSTED_MS > this.clock.now()
    return trusted ? reckonedSize(file) : null
  }

  /** record notes what the host told. It does not touch a file that is being fetched or is stored. */
  async record(id: string, info: AvailableFile & { name: string; nameFrom?: NameOrigin }): Promise<void> {
    const facts = { ...info, size: info.size, nameFrom: info.nameFrom ?? 'check' }
    await transitions.recordFacts(this.database, id, facts, dateOf(this.clock))
  }

  /**
   * Deletes files that no link leads to and nobody asked about for `unaskedMs`, at most `limit`: whoever asks next makes
   * the row anew. How many they were.
   */
  forgetUnasked(unaskedMs: number, limit: number): Promise<number> {
    const before = new Date(this.clock.now() - unaskedMs)
    return transaction(this.database, (tx) => transitions.drop(tx, before, limit))
  }

  /** Remembers that the host refused it. Links of earlier requests are not touched. */
  async refuse(id: string, refusal: HostRefusal): Promise<void> {
    await transitions.recordRefusal(this.database, id, refusal, dateOf(this.clock))
  }
}
