import { Inject, Injectable } from '@nestjs/common'
import {
  type BatchFile,
  type BatchRequest,
  type BatchRow,
  MAX_BATCH_LINKS,
  Refusal,
  failure,
  pastedLinks,
} from '@obb/contracts'
import type { Caller } from '@obb/core/accounts'
import { Admission, type AdmissionRequest, type Admitted, type GateSources } from '@obb/core/admission'
import { HostCatalog } from '@obb/core/hosts'
import { LOG, type Log } from '@obb/core/log'
import { Batch } from '@obb/core/statements'
import type { Meter } from '../callers/rate-limits.js'
import { toRefusal } from '../failures/to-refusal.js'
import { ExpandFolder } from '../inquiries/expand-folder.js'
import { readLink } from '../inquiries/requested-file.js'
import { type RowPlace, RowPlaces } from '../inquiries/row-places.js'
import { Unrestrict } from './unrestrict.js'

/** Clients give up on an answer after 30 s, ms. */
const TIME_LIMIT_MS = 25_000
/** Folders in folders that are gone through. */
const MAX_DEPTH = 8

/** Who sends a batch, and what its rows share. */
interface Sender {
  caller: Caller
  meter: Meter
  downloads: string
  password: BatchRequest['password']
  packageName: BatchRequest['package']
  outlook: GateSources
  /** Those whose turn comes together are admitted together. */
  admissions: Batch<AdmissionRequest, Admitted | Refusal>
  /** Folders that were gone through. */
  folders: Set<string>
  /** How many files of folders may still come. */
  filesLeft: number
}

/**
 * Many links at once. Each is what `/unrestrict` makes of it, and fails by itself; what the account may have of them is
 * admitted in one transaction, as far as their hosts have told of them by then.
 */
@Injectable()
export class UnrestrictBatch {
  constructor(
    private readonly catalog: HostCatalog,
    private readonly unrestrict: Unrestrict,
    private readonly expandFolder: ExpandFolder,
    private readonly admission: Admission,
    private readonly places: RowPlaces,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** One row per link, in their order. Raises Refusal where there are none or too many, or no tokens for them. */
  async of(caller: Caller, meter: Meter, downloads: string, request: BatchRequest): Promise<BatchRow[]> {
    const { expand, package: packageName, password, text } = request
    const urls = request.urls ?? linksIn(text ?? '')
    meter.take(urls.length - 1) // beside the request's own
    const sender: Sender = {
      ...{ caller, meter, downloads, password, packageName },
      ...{ folders: new Set(), filesLeft: MAX_BATCH_LINKS },
      outlook: this.admission.outlook(caller),
      admissions: new Batch((requests) => this.admission.admitTogether(caller, requests)),
    }
    return this.places.each(caller.accountId, urls, {
      limitMs: TIME_LIMIT_MS,
      work: async (url, place): Promise<BatchRow> => {
        if (typeof url !== 'string') throw new Refusal('url_unsupported')
        if (expand && (await this.isFolder(url, sender))) {
          return { url, success: true, files: await this.files(sender, url, place) }
        }
        return this.file(sender, url, place)
      },
      failed: (url, error) => this.failed(typeof url === 'string' ? url : JSON.stringify(url), error),
    })
  }

  private async isFolder(url: string, { password }: Sender): Promise<boolean> {
    const requested = await readLink(this.catalog, url, password)
    return !('refusal' in requested) && requested.ref.kind === 'folder'
  }

  private async file(sender: Sender, url: string, { waiting }: RowPlace): Promise<BatchFile> {
    const { admissions, caller, downloads, outlook, password, packageName } = sender
    const admit = async (asked: AdmissionRequest): Promise<Admitted> => {
      const outcome = await waiting(() => admissions.ask(asked))
      if (outcome instanceof Refusal) throw outcome
      return outcome
    }
    const together = { outlook, admit, waiting }
    const requester = { verifiedCaller: async () => caller, downloads, together }
    const request = { url, password, package: packageName }
    return { url, success: true, data: await this.unrestrict.link(requester, request) }
  }

  /** The files in a folder, and in those in it. Raises Refusal where it cannot be listed, or has too many. */
  private async files(sender: Sender, url: string, place: RowPlace, depth = 0): Promise<BatchFile[]> {
    const { caller, folders, meter, password } = sender
    if (folders.has(url)) return []
    if (depth > MAX_DEPTH) throw new Refusal('folder_given')
    folders.add(url)
    return place.waiting(async () => {
      const { links } = await this.expandFolder.of(caller, url, password)
      const count = links.filter(({ kind }) => kind === 'file').length
      if (count > sender.filesLeft) throw new Refusal('folder_too_large')
      meter.take(count)
      sender.filesLeft -= count
      const rows = await this.places.each(caller.accountId, links, {
        limitMs: place.timeLeft(),
        work: async (link, its): Promise<BatchFile[]> =>
          link.kind === 'folder'
            ? this.files(sender, link.url, its, depth + 1)
            : [await this.file(sender, link.url, its)],
        failed: (link, error) => [this.failed(link.url, error)],
      })
      return rows.flat()
    })
  }

  private failed(url: string, error: unknown): BatchFile {
    const refusal = toRefusal(error)
    if (refusal.refusal === 'internal') this.log.error({ reason: refusal.options.internal }, 'a link failed')
    return { url, ...failure(refusal) }
  }
}

function linksIn(text: string): string[] {
  const links = pastedLinks(text)
  if (links.length === 0) throw new Refusal('request_invalid', { details: ['text: there is no link in it'] })
  if (links.length <= MAX_BATCH_LINKS) return links
  throw new Refusal('request_invalid', { details: [`text: more than ${MAX_BATCH_LINKS} links`] })
}
