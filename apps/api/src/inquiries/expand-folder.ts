import { Injectable } from '@nestjs/common'
import { type AdmissionGate, type ExpandAnswer, Refusal, safeFileName } from '@obb/contracts'
import type { Caller } from '@obb/core/accounts'
import { Admission } from '@obb/core/admission'
import { Files } from '@obb/core/files'
import { type Folder, type FolderLinks, Folders } from '@obb/core/folders'
import { HostCatalog } from '@obb/core/hosts'
import { LRUCache } from 'lru-cache'
import { HostCalls } from './host-calls.js'
import { readLink } from './requested-file.js'

/** How long a host may take to tell what is in a folder, ms. */
const TIMEOUT_MS = 20_000
const RETRY_S = 15
/** Links of folders that are kept ready, some 30 MB of them. */
const MAX_READY_LINKS = 100_000

/** Whatever refuses anyway costs the host no call. */
const BEFORE_HOST_CALL: readonly AdmissionGate[] = ['account', 'block', 'fetcher', 'host_working', 'pool']

/** What is in a folder, as its host told. */
interface Listed {
  links: (ExpandAnswer['links'][number] & { hostFileId: string | undefined })[]
  post: FolderLinks[number]['post']
}

/** The links behind a link: those in a folder, or a file itself. Makes no link of ours and charges nothing. */
@Injectable()
export class ExpandFolder {
  private readonly ready = new LRUCache<string, Listed>({
    maxSize: MAX_READY_LINKS,
    sizeCalculation: ({ links }) => links.length + 1,
  })

  private readonly opening = new Map<string, Promise<Listed | undefined>>()

  constructor(
    private readonly catalog: HostCatalog,
    private readonly folders: Folders,
    private readonly files: Files,
    private readonly admission: Admission,
    private readonly calls: HostCalls,
  ) {}

  /** Raises Refusal. */
  async of(caller: Caller, url: string, givenPassword?: string | null): Promise<ExpandAnswer> {
    const requested = await readLink(this.catalog, url, givenPassword)
    if ('refusal' in requested) throw requested.refusal
    const { policy, ref, identity, facts, password } = requested
    const { platform } = policy
    if (ref.kind === 'file') {
      const filename = facts.ownName ?? safeFileName(ref.nameHint ?? '') ?? null
      return { platform, links: [{ url, kind: 'file', filename, filesize: null }] }
    }
    const secrets = {
      ...(password === undefined ? {} : { password }),
      ...(ref.secret === undefined ? {} : { secret: ref.secret }),
    }
    let folder = await this.folders.find(identity)
    if (!folder || !this.folders.isListed(folder)) {
      const applicant = { caller, policy, file: undefined, facts, size: null }
      const refusal = await this.admission.refusalOfCall(applicant, BEFORE_HOST_CALL)
      if (refusal) throw refusal
      folder ??= await this.folders.ensure(identity, ref, secrets)
      folder = await this.ask(folder, caller)
    }
    const listed = this.folders.isListed(folder) ? await this.listIn(folder) : undefined
    if (!listed) {
      const internal = 'the expansion left no links'
      throw new Refusal('host_unavailable', { retryInSeconds: RETRY_S, internal })
    }
    // A folder with nothing in it is of no use to anybody, and often one whose files are gone.
    if (listed.links.length === 0) throw new Refusal('folder_empty')
    return { platform, ...listed.post, links: await this.withMissing(platform, listed) }
  }

  /** Asks the folder's host: the row after it. */
  private async ask(folder: Folder, { accountId }: Caller): Promise<Folder> {
    const { id, platform } = folder
    const current = async () => (await this.folders.byId(id)) ?? folder
    await this.calls.request(
      { call: 'expand', folderId: id, accountId, platform },
      async () => this.folders.isAnswered(await current()),
      TIMEOUT_MS,
    )
    return current()
  }

  /** Opened and matched once for each list and state of the platforms. */
  private async listIn(folder: Folder): Promise<Listed | undefined> {
    const name = `${folder.id} ${folder.listedAt?.getTime()} ${this.catalog.changedAt()}`
    const known = this.ready.get(name)
    if (known) return known
    let opening = this.opening.get(name)
    if (!opening) {
      opening = this.open(folder).finally(() => this.opening.delete(name))
      this.opening.set(name, opening)
    }
    const listed = await opening
    if (listed) this.ready.set(name, listed)
    return listed
  }

  private async open(folder: Folder): Promise<Listed | undefined> {
    const links = await this.folders.links(folder)
    if (!links) return undefined
    const rows = links.map(({ url, missing, name, size }) => {
      const ref = this.catalog.match(url)?.ref
      return {
        url,
        kind: ref?.kind ?? 'file',
        filename: name ?? null,
        filesize: size === undefined ? null : String(size),
        ...(missing === undefined ? {} : { missing_bytes: missing }),
        hostFileId: ref?.fileId,
      }
    })
    return { links: rows, post: links[0]?.post }
  }

  /** Of files that are stored it is known what they lack. */
  private async withMissing(platform: string, { links }: Listed): Promise<ExpandAnswer['links']> {
    const ids = links.flatMap(({ hostFileId }) => hostFileId ?? [])
    const stored = await this.files.missingOf(platform, ids)
    return links.map(({ hostFileId, missing_bytes: listed = 0, ...link }) => {
      const missing = stored.get(hostFileId ?? '') ?? listed
      return missing > 0 ? { ...link, missing_bytes: missing } : link
    })
  }
}
