import { createHash, randomUUID } from 'node:crypto'
import { Refusal, type RefusalCause, isPassing, isRefusalCause } from '@obb/contracts'
import type { AvailableFile, FileRef } from '@obb/host-adapters'
import type { DataSource } from 'typeorm'
import { z } from 'zod'
import { type Clock, dateOf } from '../clock/index.js'
import { SEALED, type Vault } from '../secrets/index.js'
import type { HostRefusal } from './refusal.js'
import { type NameOrigin, SourceFile } from './source-file.table.js'

/** How long what a host told about a file is taken as true, ms. */
const FRESH_MS = 10 * 60_000
/**
 * How long the size is good enough to refuse by, ms: a client that comes back every few minutes with a file that
 * is too large for it costs the host nothing.
 */
const SIZE_TRUSTED_MS = 24 * 3_600_000

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
  if (file.state !== 'idle' && file.state !== 'error') return false
  return isRefusalCause(file.refusal) && file.refusedUntil !== null && file.refusedUntil.getTime() > now
}

/** The files that are known, and what their hosts told about them. */
export class Files {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
    private readonly vault: Vault,
  ) {}

  /** The row of this file, made now if nobody asked for it before. */
  async ensure(identity: FileIdentity, ref: FileRef, password: string | undefined): Promise<SourceFile> {
    const known = await this.database.manager.findOneBy(SourceFile, { ...identity })
    if (known) return this.respelled(known, ref)
    const secrets: FileSecrets = {
      ...(password === undefined ? {} : { password }),
      ...(ref.secret === undefined ? {} : { secret: ref.secret }),
    }
    const now = dateOf(this.clock)
    await this.database
      .createQueryBuilder()
      .insert()
      .into(SourceFile)
      .values({
        id: randomUUID(),
        ...identity,
        canonicalUrl: ref.canonicalUrl,
        sealed: identity.passwordDigest === '' ? null : this.vault.seal(PURPOSE, secrets),
        createdAt: now,
        updatedAt: now,
      })
      .orIgnore()
      .execute()
    return this.database.manager.findOneByOrFail(SourceFile, { ...identity })
  }

  /**
   * The file, asked for by the link as it is written now. Where its host refused it by another one that means the
   * same file (another domain, another document that lists it), it is asked again.
   */
  async respelled(file: SourceFile, { canonicalUrl }: FileRef): Promise<SourceFile> {
    if (file.canonicalUrl === canonicalUrl || file.refusal === null) return file
    await this.database.manager.query(
      `UPDATE source_file
          SET canonical_url = $2, refusal = NULL, refused_until = NULL, checked_at = NULL, updated_at = $3
        WHERE id = $1 AND state IN ('idle', 'error') AND refusal IS NOT NULL`,
      [file.id, canonicalUrl, dateOf(this.clock)],
    )
    return this.database.manager.findOneByOrFail(SourceFile, { id: file.id })
  }

  /** The file if somebody asked for it before. */
  async find(identity: FileIdentity): Promise<SourceFile | undefined> {
    return (await this.database.manager.findOneBy(SourceFile, { ...identity })) ?? undefined
  }

  async byId(id: string): Promise<SourceFile | undefined> {
    return (await this.database.manager.findOneBy(SourceFile, { id })) ?? undefined
  }

  async list(limit: number): Promise<(SourceFile & { links: number })[]> {
    return this.counted(
      await this.database.manager.find(SourceFile, { order: { updatedAt: 'DESC' }, take: limit }),
    )
  }

  async withLinks(id: string): Promise<(SourceFile & { links: number }) | undefined> {
    return (await this.counted(await this.database.manager.findBy(SourceFile, { id })))[0]
  }

  private async counted(files: SourceFile[]): Promise<(SourceFile & { links: number })[]> {
    const counts = await this.database.query<{ id: string; links: number }[]>(
      'SELECT file_id AS id, count(*)::int AS links FROM link WHERE ended_at IS NULL AND file_id = ANY($1) GROUP BY file_id',
      [files.map((file) => file.id)],
    )
    const links = new Map(counts.map((row) => [row.id, row.links]))
    return files.map((file) => Object.assign(file, { links: links.get(file.id) ?? 0 }))
  }

  secrets(file: SourceFile): FileSecrets {
    return file.sealed === null ? {} : fileSecretsSchema.parse(this.vault.open(PURPOSE, file.sealed))
  }

  /** The Refusal that is remembered for this file, while it holds. */
  remembered(file: SourceFile): Refusal | undefined {
    const now = this.clock.now()
    if (!isRemembered(file, now)) return undefined
    const retryInSeconds = Math.ceil((file.refusedUntil.getTime() - now) / 1000)
    return new Refusal(file.refusal, isPassing(file.refusal) ? { retryInSeconds } : {})
  }

  /** Raises it. */
  assertNotRefused(file: SourceFile): void {
    const refusal = this.remembered(file)
    if (refusal) throw refusal
  }

  /** Whether an inspection has left its outcome: facts, or a refusal. */
  isAnswered(file: SourceFile): boolean {
    return isRemembered(file, this.clock.now()) || !this.needsInspection(file)
  }

  /** True if its host has to be asked before a link to it can be made. */
  needsInspection(file: SourceFile): boolean {
    if (file.state !== 'idle' && file.state !== 'error') return false
    if (file.checkedAt === null || file.size === null || file.refusal !== null) return true
    return file.checkedAt.getTime() + FRESH_MS <= this.clock.now()
  }

  /** Bytes to reckon with before the host is asked again; null is unknown. */
  knownSize(file: SourceFile): number | null {
    if (!this.needsInspection(file)) return file.size
    const trusted = file.checkedAt !== null && file.checkedAt.getTime() + SIZE_TRUSTED_MS > this.clock.now()
    return trusted ? file.size : null
  }

  /**
   * What the host told. Does not touch a file that is being fetched or is stored. The digest of bytes that were
   * stored once stays only while the host tells nothing else about them. A name that came with the bytes gives way
   * to one that is told, not to what the link says.
   */
  async record(
    id: string,
    info: AvailableFile & { size: number; name: string; nameFrom?: NameOrigin },
  ): Promise<void> {
    await this.database.manager.query(
      `UPDATE source_file
          SET name = CASE WHEN $8 = 'link' AND name_from = 'fetch' THEN name ELSE $2 END,
              name_from = CASE WHEN $8 = 'link' AND name_from = 'fetch' THEN name_from ELSE $8 END,
              size = $3, host_hash_algorithm = $4, host_hash = $5, validator = $6, checked_at = $7,
              sha256 = CASE WHEN size = $3 AND host_hash IS NOT DISTINCT FROM $5
                             AND validator IS NOT DISTINCT FROM $6 THEN sha256 END,
              refusal = NULL, refused_until = NULL, updated_at = $7
        WHERE id = $1 AND state IN ('idle', 'error')`,
      [
        id,
        info.name,
        info.size,
        info.hash?.algorithm ?? null,
        info.hash?.value ?? null,
        info.validator ?? null,
        dateOf(this.clock),
        info.nameFrom ?? 'check',
      ],
    )
  }

  /** Remembers that the host refused it. Links of earlier requests are not touched. */
  async refuse(id: string, refusal: HostRefusal): Promise<void> {
    await this.database.manager.query(
      `UPDATE source_file SET refusal = $2, refused_until = $3, checked_at = $4, updated_at = $4
        WHERE id = $1 AND state IN ('idle', 'error')`,
      [id, refusal.cause, new Date(refusal.until), dateOf(this.clock)],
    )
  }
}
