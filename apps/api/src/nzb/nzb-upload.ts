import { Injectable } from '@nestjs/common'
import { type LinkAnswer, NZB_TYPE, Refusal } from '@obb/contracts'
import type { Caller } from '@obb/core/accounts'
import { within } from '@obb/core/deadline'
import { Documents } from '@obb/core/documents'
import { fileIdentity } from '@obb/core/files'
import { Folders } from '@obb/core/folders'
import { HostCatalog } from '@obb/core/hosts'
import { SharedAmount, SharedPlaces } from '@obb/core/semaphore'
import type { UploadedDocument } from '@obb/host-adapters'
import type { FastifyRequest } from 'fastify'
import { BYTES_PER_TOKEN, type Meter } from '../callers/rate-limits.js'
import { UnreadBody } from '../http/body.js'
import { ExpandFolder } from '../inquiries/expand-folder.js'
import { Unrestrict } from '../links/unrestrict.js'
import { MAX_NZB_BYTES, nzbIn } from './nzb-body.js'

/** Bytes of uploads that may lie here while the rest of them arrives, which takes its clients up to 30 s. */
const ARRIVING_BYTES = 8 * MAX_NZB_BYTES
/** Uploads that are taken in at once: each takes some hundred MB at worst. One place is for who has none. */
const PLACES = { places: 3, accounts: { reserve: 1, modest: 1 } }
const WAIT_MS = 10_000
/** ANSWER_LIMIT_MS is as with links, ms: clients give up after 30 s. */
const ANSWER_LIMIT_MS = 25_000
const RETRY_S = 15

/**
 * An NZB comes in, a link to our copy of the file in it goes out, as by its URL. The document is kept for fetchers,
 * which read it; the gateway only looks whether it may be one. It arrives before it takes a place, so that who sends
 * slowly holds up nobody, and takes no more of what may lie here than is left to others.
 */
@Injectable()
export class NzbUpload {
  private readonly arriving = new SharedAmount(ARRIVING_BYTES)
  private readonly places = new SharedPlaces(PLACES)

  constructor(
    private readonly catalog: HostCatalog,
    private readonly documents: Documents,
    private readonly folders: Folders,
    private readonly expandFolder: ExpandFolder,
    private readonly unrestrict: Unrestrict,
  ) {}

  /** Raises Refusal: `url_unsupported` also for an NZB of several files, with where they are listed. */
  async link(caller: Caller, meter: Meter, request: FastifyRequest, downloads: string): Promise<LinkAnswer> {
    await this.catalog.refresh()
    const policy = this.catalog.all().find(({ adapter }) => adapter.manifest.document?.mediaType === NZB_TYPE)
    const document = policy?.adapter.manifest.document
    if (!policy?.enabled || !document) throw new Refusal('url_unsupported')
    const kept = await this.takeIn(caller, meter, request, document)
    const url = document.link + kept.digest
    if (kept.isNew) await this.forgetRefusal(url)
    return within(ANSWER_LIMIT_MS, this.fileOf(caller, url, downloads), () => late('an upload took too long'))
  }

  private async takeIn(
    { accountId }: Caller,
    meter: Meter,
    { body, headers }: FastifyRequest,
    document: UploadedDocument,
  ): Promise<{ digest: string; isNew: boolean }> {
    if (!(body instanceof UnreadBody)) throw new Refusal('nzb_expected')
    const room = this.arriving.take(accountId, Math.min(body.announced ?? MAX_NZB_BYTES, MAX_NZB_BYTES))
    if (room === undefined) throw late('too many uploads arrive at once')
    try {
      const bytes = await body.read(MAX_NZB_BYTES)
      meter.charge(Math.floor(bytes.length / BYTES_PER_TOKEN))
      const waited = AbortSignal.timeout(WAIT_MS)
      return await this.places
        .with({ account: accountId }, waited, async () =>
          this.documents.keep(accountId, await nzbIn(bytes, headers['content-type'] ?? '', document)),
        )
        .catch((error: unknown) => {
          throw error === waited.reason ? late('too many uploads at once') : error
        })
    } finally {
      room()
    }
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

function late(internal: string): Refusal {
  return new Refusal('service_unavailable', { retryInSeconds: RETRY_S, internal })
}
