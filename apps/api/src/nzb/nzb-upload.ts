import { Injectable } from '@nestjs/common'
import { type LinkAnswer, NZB_TYPE, Refusal } from '@obb/contracts'
import type { Caller } from '@obb/core/accounts'
import { within } from '@obb/core/deadline'
import { Documents } from '@obb/core/documents'
import { fileIdentity } from '@obb/core/files'
import { Folders } from '@obb/core/folders'
import { HostCatalog } from '@obb/core/hosts'
import { Semaphore } from '@obb/core/semaphore'
import type { FastifyRequest } from 'fastify'
import { ExpandFolder } from '../inquiries/expand-folder.js'
import { Unrestrict } from '../links/unrestrict.js'
import { readNzb } from './nzb-body.js'

/** Uploads that are taken in at once: each takes some hundred MB at worst. */
const AT_ONCE = 3
const WAIT_MS = 10_000
/** ANSWER_LIMIT_MS is as with links, ms: clients give up after 30 s. */
const ANSWER_LIMIT_MS = 25_000
const RETRY_S = 15

/**
 * An NZB comes in, a link to our copy of the file in it goes out, as by its URL. The document is kept for fetchers,
 * which read it; the gateway only looks whether it may be one.
 */
@Injectable()
export class NzbUpload {
  private readonly places = new Semaphore(AT_ONCE)

  constructor(
    private readonly catalog: HostCatalog,
    private readonly documents: Documents,
    private readonly folders: Folders,
    private readonly expandFolder: ExpandFolder,
    private readonly unrestrict: Unrestrict,
  ) {}

  /** Raises Refusal: `url_unsupported` also for an NZB of several files, with where they are listed. */
  async link(caller: Caller, request: FastifyRequest, downloads: string): Promise<LinkAnswer> {
    await this.catalog.refresh()
    const policy = this.catalog.all().find(({ adapter }) => adapter.manifest.document?.mediaType === NZB_TYPE)
    const document = policy?.adapter.manifest.document
    if (!policy?.enabled || !document) throw new Refusal('url_unsupported')
    const late = (internal: string) =>
      new Refusal('service_unavailable', { retryInSeconds: RETRY_S, internal })
    const waited = AbortSignal.timeout(WAIT_MS)
    const kept = await this.places
      .with(waited, async () => this.documents.keep(caller.accountId, await readNzb(request, document.mark)))
      .catch((error: unknown) => {
        throw error === waited.reason ? late('too many uploads at once') : error
      })
    const url = document.link + kept.digest
    if (kept.isNew) await this.forgetRefusal(url)
    return within(ANSWER_LIMIT_MS, this.fileOf(caller, url, downloads), () => late('an upload took too long'))
  }

  /** A file of its own is one file, whichever document lists it. */
  private async fileOf(caller: Caller, url: string, downloads: string): Promise<LinkAnswer> {
    const { links } = await this.expandFolder.of(caller, url)
    const [only, ...others] = links
    if (only && others.length === 0)
      return this.unrestrict.link({ verifiedCaller: async () => caller, downloads }, { url: only.url })
    const count = links.length === 0 ? 'no files' : `${links.length} files`
    const details = [`The NZB lists ${count}; POST /expand tells the links of ${url}.`]
    throw new Refusal('url_unsupported', { details })
  }

  /** It may have been asked for before it was there. */
  private async forgetRefusal(url: string): Promise<void> {
    const match = this.catalog.match(url)
    if (match) await this.folders.forget(fileIdentity(match.policy.platform, match.ref, undefined))
  }
}
