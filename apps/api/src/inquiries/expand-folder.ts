import { Injectable } from '@nestjs/common'
import { type AdmissionGate, type ExpandAnswer, Refusal, safeFileName } from '@obb/contracts'
import type { Caller } from '@obb/core/accounts'
import { Admission } from '@obb/core/admission'
import { type Folder, Folders } from '@obb/core/folders'
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

/** The links behind a link: those in a folder, or a file itself. Makes no link of ours and charges nothing. */
@Injectable()
export class ExpandFolder {
  private readonly ready = new LRUCache<string, ExpandAnswer['links']>({
    maxSize: MAX_READY_LINKS,
    sizeCalculation: (links) => links.length + 1,
  })

  private readonly opening = new Map<string, Promise<ExpandAnswer['links'] | undefined>>()

  constructor(
    private readonly catalog: HostCatalog,
    private readonly folders: Folders,
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
    const links = this.folders.isListed(folder) ? await this.linksIn(folder) : undefined
    if (!links) {
      const internal = 'the expansion left no links'
      throw new Refusal('host_unavailable', { retryInSeconds: RETRY_S, internal })
    }
    // A folder with nothing in it is of no use to anybody, and often one whose files are gone.
    if (links.length === 0) throw new Refusal('folder_empty')
    return { platform, links }
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
  private async linksIn(folder: Folder): Promise<ExpandAnswer['links'] | undefined> {
    const name = `${folder.id} ${folder.listedAt?.getTime()} ${this.catalog.changedAt()}`
    const known = this.ready.get(name)
    if (known) return known
    let opening = this.opening.get(name)
    if (!opening) {
      opening = this.open(folder).finally(() => this.opening.delete(name))
      this.opening.set(name, opening)
    }
    const links = await opening
    if (links) this.ready.set(name, links)
    return links
  }

  private async open(folder: Folder): Promise<ExpandAnswer['links'] | undefined> {
    const links = await this.folders.links(folder)
    return links?.map(({ url, name, size }) => ({
      url,
      kind: this.catalog.match(url)?.ref.kind ?? 'file',
      filename: name ?? null,
      filesize: size === undefined ? null : String(size),
    }))
  }
}
