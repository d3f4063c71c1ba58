import { Inject, Injectable } from '@nestjs/common'
import { ADMISSION_GATES, type LinkAnswer, Refusal, type UnrestrictRequest } from '@obb/contracts'
import { type Caller, type CachedCaller, mayDownload } from '@obb/core/accounts'
import { Admission, type AdmissionRequest, type Admitted, type GateSources } from '@obb/core/admission'
import { within } from '@obb/core/deadline'
import { Files, type SourceFile, reckonedSize } from '@obb/core/files'
import { HostCatalog } from '@obb/core/hosts'
import { LinkPackages, Links, type LinkView } from '@obb/core/links'
import { LOG, type Log } from '@obb/core/log'
import { FetchQueue } from '@obb/core/queue'
import { annotate, traced } from '@obb/core/tracing'
import { textOf } from '../failures/to-refusal.js'
import { InspectFile, type InspectFileRequest } from '../inquiries/inspect-file.js'
import { LinkAnswers } from './link-answers.js'
import { factsOf, readUrl } from '../inquiries/requested-file.js'

/** Who asks for a link. */
export interface Requester {
  /** Good for what one statement, which looks for the key too, can do at once. */
  cachedCaller?: CachedCaller | undefined
  /** For all else. Raises Refusal. */
  verifiedCaller: () => Promise<Caller>
  /** Beginning of download URLs for this client. */
  downloads: string
  /** In a request for many links: what they share. */
  together?: RequestedTogether
}

export interface RequestedTogether {
  outlook: GateSources
  /** As Admission.admit does. */
  admit: (request: AdmissionRequest) => Promise<Admitted>
  waiting: NonNullable<InspectFileRequest['waiting']>
}

/** How long a host may take to tell about a file, ms. */
const INSPECT_TIMEOUT_MS = 20_000
/** For the log: the platform that a refusal is about, where it says nothing of its own. */
const about =
  (platform: string) =>
  (error: unknown): never => {
    if (!(error instanceof Refusal) || error.options.internal !== undefined) throw error
    throw new Refusal(error.refusal, { ...error.options, internal: platform })
  }

/** Clients give up on an answer after 30 s and repeat the request silently after 60, ms. */
const ANSWER_LIMIT_MS = 25_000
const RETRY_S = 15

/** Whatever refuses anyway costs the host no call. */
const BEFORE_INSPECTION = ADMISSION_GATES.filter((gate) => gate !== 'account' && gate !== 'reuse')

/**
 * A link goes in, a link to our copy comes out: read the URL, return the live link if there is one, have a
 * fetcher ask the host if the file is not known, admit and charge, wake a fetcher. Sent twice, at once or one
 * after the other, it makes one link and one charge.
 */
@Injectable()
export class Unrestrict {
  constructor(
    private readonly catalog: HostCatalog,
    private readonly files: Files,
    private readonly links: Links,
    private readonly packages: LinkPackages,
    private readonly admission: Admission,
    private readonly inspectFile: InspectFile,
    private readonly answers: LinkAnswers,
    private readonly queue: FetchQueue,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Raises Refusal. What is still under way after the limit goes on, and the next request finds its outcome. */
  link(requester: Requester, request: UnrestrictRequest): Promise<LinkAnswer> {
    const internal = 'unrestrict took too long'
    return within(
      ANSWER_LIMIT_MS,
      this.make(requester, request),
      () => new Refusal('service_unavailable', { retryInSeconds: RETRY_S, internal }),
    )
  }

  private async make(requester: Requester, request: UnrestrictRequest): Promise<LinkAnswer> {
    const requested = await readUrl(this.catalog, request.url, request.password)
    if ('refusal' in requested) throw requested.refusal
    const { policy, ref, identity, facts } = requested
    const { hostDomain } = ref
    const { package: packageName } = request
    const caller = requester.cachedCaller ?? (await requester.verifiedCaller())
    const downloads = mayDownload(caller) ? requester.downloads : null
    await this.inspectFile.confirm({ verifiedCaller: requester.verifiedCaller, requested })
    const known = await traced('look-up', {}, () =>
      this.admission.linkIfStored(caller, identity, facts, { hostDomain, package: packageName }),
    )
    if (known.live) {
      const charged = known.made ? known.live.size : undefined
      return this.answer({ downloads, packageName }, known.live, charged)
    }
    if (requester.cachedCaller) return this.make({ ...requester, cachedCaller: undefined }, request)

    const wanted = known.file && (await this.files.withNewUrl(known.file, ref))
    const file = await this.inspect({ caller, requested, file: wanted, ...requester.together }).catch(
      about(policy.platform),
    )
    const { ownName } = facts
    const admission = requester.together ?? this.admission
    const asked = { caller, fileId: file.id, hostDomain, policy, ownName, package: packageName }
    const admitted = await traced('admission', { attributes: { 'obb.file': file.id } }, () =>
      admission.admit(asked),
    )
    if (admitted.fetch) this.wake(admitted.fetch)
    const view = await this.links.view(caller.accountId, admitted.linkId)
    if (!view) throw new Error('the link that was just made is not there')
    return this.answer({ downloads, packageName }, view, admitted.reused ? undefined : admitted.charged)
  }

  /** `charged`: bytes, for a link that was just made. */
  private async answer(
    { downloads, packageName }: { downloads: string | null; packageName: UnrestrictRequest['package'] },
    view: LinkView,
    charged: number | undefined,
  ): Promise<LinkAnswer> {
    const { accountId: account, fileId, id, platform, size } = view
    const link = id.slice(0, 8)
    const reused = charged === undefined
    if (reused && packageName && packageName !== view.package) await this.packages.set(view, packageName)
    annotate({ 'obb.link': link, 'obb.file': fileId, 'obb.platform': platform, 'obb.reused': reused })
    this.log.info({ link, fileId, account, platform, size, charged: charged ?? 0, reused }, 'link')
    return this.answers.of(view, reused, downloads)
  }

  private async inspect(
    of: Pick<InspectFileRequest, 'caller' | 'requested' | 'file' | 'outlook' | 'waiting'>,
  ): Promise<SourceFile> {
    const { caller, file, outlook, requested } = of
    const order = { ...of, gates: BEFORE_INSPECTION, timeoutMs: INSPECT_TIMEOUT_MS }
    if (!file || this.files.needsInspection(file)) {
      try {
        return await this.inspectFile.request(order)
      } catch (error) {
        // Who knows what is to be had need not wait for the host, its accounts or its queue: the fetch asks it anyway.
        if (!file || !(error instanceof Refusal) || !this.inspectFile.isLeftToGates(error, file)) throw error
      }
    }
    const facts = factsOf(requested, file)
    const applicant = { caller, policy: requested.policy, file, facts, size: reckonedSize(file) }
    const refusal = await this.admission.refusal(applicant, ['maintenance', 'fetcher'], outlook)
    if (refusal) throw refusal
    return file
  }

  /** Outside the critical path: what does not get through is found by the fetchers' sweep. */
  private wake(fetch: NonNullable<Admitted['fetch']>): void {
    this.queue.wake().catch((error: unknown) => {
      this.log.warn(
        { fileId: fetch.fileId, err: textOf(error) },
        'nobody was woken for a fetch, the sweep will',
      )
    })
  }
}
