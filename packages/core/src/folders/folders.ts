import { randomUUID } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { Refusal, isPassing, isRefusalCause } from '@obb/contracts'
import type { FileRef } from '@obb/host-adapters'
import { DataSource } from 'typeorm'
import { z } from 'zod'
import { Clock, dateOf } from '../clock/index.js'
import { type FileIdentity, type FileSecrets, type HostRefusal, fileSecretsSchema } from '../files/index.js'
import { SEALED, Vault } from '../secrets/index.js'
import { Folder } from './folder.table.js'

/** How long a list is taken as true, ms. */
const FRESH_MS = 10 * 60_000
const KEPT_MS = 60 * 60_000
const FORGOTTEN_AT_ONCE = 500

const REQUEST = SEALED.folder.purpose
const LINKS = SEALED.folderLinks.purpose

const postSchema = z.object({
  title: z.string().optional(),
  password: z.string().optional(),
  category: z.string().optional(),
})
const linksSchema = z.array(
  z.object({
    url: z.string(),
    name: z.string().optional(),
    size: z.number().optional(),
    missing: z.number().optional(),
    post: postSchema.optional(),
  }),
)
export type FolderLinks = z.infer<typeof linksSchema>

/** Folders at hosts, and what their hosts told is in them. */
@Injectable()
export class Folders {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
    private readonly vault: Vault,
  ) {}

  /** The row of this folder; none if nobody asked for it lately. */
  async find(identity: FileIdentity): Promise<Folder | undefined> {
    return (await this.database.manager.findOneBy(Folder, keyOf(identity))) ?? undefined
  }

  async ensure(identity: FileIdentity, ref: FileRef, secrets: FileSecrets): Promise<Folder> {
    const key = keyOf(identity)
    const id = randomUUID()
    await this.database
      .createQueryBuilder()
      .insert()
      .into(Folder)
      .values({
        id,
        ...key,
        canonicalUrl: ref.canonicalUrl,
        sealed: key.passwordDigest === '' ? null : this.vault.seal(REQUEST, id, secrets),
        createdAt: dateOf(this.clock),
      })
      .orIgnore()
      .execute()
    return this.database.manager.findOneByOrFail(Folder, key)
  }

  async byId(id: string): Promise<Folder | undefined> {
    return (await this.database.manager.findOneBy(Folder, { id })) ?? undefined
  }

  secrets(folder: Folder): FileSecrets {
    const { id, sealed } = folder
    return sealed === null ? {} : fileSecretsSchema.parse(this.vault.open(REQUEST, id, sealed))
  }

  /**
   * Whether its host told what is in it, and that is fresh; false if its host has to be asked. Raises the Refusal that
   * is remembered.
   */
  isListed(folder: Folder): boolean {
    const now = this.clock.now()
    const { refusal, refusedUntil, listedAt } = folder
    if (isRefusalCause(refusal) && refusedUntil !== null && refusedUntil.getTime() > now) {
      const retryInSeconds = Math.ceil((refusedUntil.getTime() - now) / 1000)
      throw new Refusal(refusal, isPassing(refusal) ? { retryInSeconds } : {})
    }
    return listedAt !== null && listedAt.getTime() + FRESH_MS > now
  }

  /** Whether its host was asked lately: it told, or refused. */
  isAnswered(folder: Folder): boolean {
    try {
      return this.isListed(folder)
    } catch (error) {
      if (error instanceof Refusal) return true
      throw error
    }
  }

  /** What is in the folder by its last list; undefined without one. */
  async links({ id }: Folder): Promise<FolderLinks | undefined> {
    const [row] = await this.database.query<{ sealedLinks: Buffer | null }[]>(
      'SELECT sealed_links AS "sealedLinks" FROM folder WHERE id = $1',
      [id],
    )
    return row?.sealedLinks ? linksSchema.parse(this.vault.open(LINKS, id, row.sealedLinks)) : undefined
  }

  async record(id: string, links: FolderLinks): Promise<void> {
    await this.database.manager.update(
      Folder,
      { id },
      {
        sealedLinks: this.vault.seal(LINKS, id, links),
        listedAt: dateOf(this.clock),
        refusal: null,
        refusedUntil: null,
      },
    )
  }

  async refuse(id: string, { cause, until }: HostRefusal): Promise<void> {
    await this.database.manager.update(
      Folder,
      { id },
      { refusal: cause, refusedUntil: new Date(until), sealedLinks: null, listedAt: null },
    )
  }

  /** Whoever asks for it next asks the host. */
  async forget(identity: FileIdentity): Promise<void> {
    await this.database.manager.delete(Folder, keyOf(identity))
  }

  /** Whoever asks again asks the host again. True: there are more. */
  async forgetOld(): Promise<boolean> {
    const [, deleted] = await this.database.query<[unknown[], number]>(
      `DELETE FROM folder WHERE id = ANY(ARRAY(
         SELECT id FROM folder WHERE created_at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED))`,
      [new Date(this.clock.now() - KEPT_MS), FORGOTTEN_AT_ONCE],
    )
    return deleted === FORGOTTEN_AT_ONCE
  }
}

function keyOf({ hostFileId: hostFolderId, passwordDigest, platform }: FileIdentity) {
  return { platform, hostFolderId, passwordDigest }
}
