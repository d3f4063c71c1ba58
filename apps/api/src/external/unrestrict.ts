import { setTimeout as sleep } from 'node:timers/promises'
import { type LinkAnswer, MAX_URL_LENGTH, Refusal, type UnrestrictRequest } from '@obb/contracts'
import type { Caller } from '@obb/core/accounts'
import type { Admission, Admitted } from '@obb/core/admission'
import type { Clock } from '@obb/core/clock'
import { type FileIdentity, type Files, type SourceFile, fileIdentity, isRemembered } from '@obb/core/files'
import type { HostCatalog, HostPolicy } from '@obb/core/hosts'
import type { LinkView, Links } from '@obb/core/links'
import type { Log } from '@obb/core/log'
import type { AccountPool } from '@obb/core/pool'
import { type FetchQueue, type Fetchers, QueueError } from '@obb/core/queue'
import { within } from '../deadline.js'
import { textOf } from '../failures/refusal-of.js'
import { linkAnswer } from './link-answer.js'

/** How long a host may take to tell about a file, ms. */
const INSPECT_TIMEOUT_MS = 20_000
/** How often the row is looked at while its host is asked, ms. */
const LOOK_MS = 1_000
/** Clients give up on an answer after 30 s and repeat the request silently after 60, ms. */
const ANSWER_LIMIT_MS = 25_000
const RETRY_S = 15
const POOL_RETRY_S = 120

export interface UnrestrictParts {
  catalog: HostCatalog
  files: Files
  links: Links
  admission: Admission
  pool: AccountPool
  fetchers: Fetchers
  queue: FetchQueue
  clock: Clock
  log: Log
  proxyUrl: string
}

/**
 * A link goes in, a link to our copy comes out: match the URL, return the live link if there is one, have a
 * fetcher ask the host if the file is not known, admit and charge, wake a fetcher. Sent twice, at once or one
 * after the other, it makes one link and one charge.
 */
export class Unrestrict {
  constructor(private readonly parts: UnrestrictParts) {}

  /** Raises Refusal. What is still under way after the limit goes on, and the next request finds its outcome. */
  link(caller: Caller, request: UnrestrictRequest): Promise<LinkAnswer> {
    const internal = 'unrestrict took too long'
    return within(
      ANSWER_LIMIT_MS,
      this.make(caller, request),
      () => new Refusal('service_unavailable', { retryInSeconds: RETRY_S, internal }),
    )
  }

  private async make(caller: Caller, request: UnrestrictRequest): Promise<LinkAnswer> {
    const { catalog, files, links } = this.parts
    if (request.url.length > MAX_URL_LENGTH) throw new Refusal('url_unsupported')
    await catalog.refresh()
    const match = catalog.match(request.url)
    if (match?.policy.enabled !== true || match.ref.kind !== 'file') throw new Refusal('url_unsupported')
    const { policy, ref } = match
    const password = request.password ? request.password : undefined
    const identity = fileIdentity(policy.platform, ref, password)

    const live = await links.live(caller.accountId, identity)
    if (live) return this.answer(live, policy, true)

    const file = await this.inspected(policy, identity, await files.ensure(identity, ref, password))
    const { hostDomain } = ref
    const admitted = await this.parts.admission.admit({ caller, fileId: file.id, hostDomain, policy })
    if (admitted.fetch) this.wake(admitted.fetch)
    const view = await links.view(caller.accountId, admitted.linkId)
    if (!view) throw new Error('the link that was just made is not there')
    return this.answer(view, policy, admitted.reused)
  }

  /** A link that exists. Raises Refusal `link_unknown` for an unknown id and for another account's. */
  async view(caller: Caller, linkId: string): Promise<LinkAnswer> {
    const link = await this.parts.links.view(caller.accountId, linkId)
    if (!link) throw new Refusal('link_unknown')
    await this.parts.catalog.refresh()
    return this.answer(link, this.parts.catalog.get(link.platform), false)
  }

  /** The file with fresh facts from its host; only fetchers talk to hosts, so one of them asks. */
  private async inspected(policy: HostPolicy, identity: FileIdentity, file: SourceFile): Promise<SourceFile> {
    const { files } = this.parts
    files.assertNotRefused(file)
    if (file.state !== 'done') await this.assertFetcher()
    if (!files.needsInspection(file)) return file
    await this.assertPool(policy)
    await this.inspect(file)
    const known = await files.byId(file.id)
    if (!known) throw new Error(`the file of ${identity.platform} that was just inspected is not there`)
    files.assertNotRefused(known)
    if (files.needsInspection(known)) {
      throw new Refusal('host_unavailable', {
        retryInSeconds: RETRY_S,
        internal: 'the inspection left no facts',
      })
    }
    return known
  }

  /** Until the queue says that it was done, or the row shows it: an event of a queue may get lost. */
  private async inspect(file: SourceFile): Promise<void> {
    const answered = new AbortController()
    try {
      await Promise.race([
        this.parts.queue.call({ call: 'inspect', fileId: file.id }, INSPECT_TIMEOUT_MS),
        this.recorded(file.id, answered.signal),
      ])
    } catch (error) {
      if (!(error instanceof QueueError)) throw error
      const cause = error.kind === 'TIMEOUT' ? 'host_unavailable' : 'service_unavailable'
      throw new Refusal(cause, { retryInSeconds: RETRY_S, internal: textOf(error) })
    } finally {
      answered.abort()
    }
  }

  private async recorded(fileId: string, signal: AbortSignal): Promise<void> {
    const { clock, files } = this.parts
    for (;;) {
      await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined)
      if (signal.aborted) return
      const file = await files.byId(fileId)
      if (file && (isRemembered(file, clock.now()) || !files.needsInspection(file))) return
    }
  }

  /** Nothing is charged for what nobody would fetch. */
  private async assertFetcher(): Promise<void> {
    if (!(await this.parts.fetchers.anyAlive())) throw new Refusal('no_fetcher', { retryInSeconds: RETRY_S })
  }

  private async assertPool(policy: HostPolicy): Promise<void> {
    const { clock, pool } = this.parts
    if (!policy.adapter.manifest.needsAccount) return
    const { usable, retryAt } = await pool.capacity(policy.platform, 0)
    if (usable) return
    const seconds = retryAt === undefined ? POOL_RETRY_S : Math.ceil((retryAt - clock.now()) / 1000)
    throw new Refusal('pool_exhausted', { retryInSeconds: Math.max(1, seconds) })
  }

  /** Outside the critical path: what does not get through is found by the fetchers' sweep. */
  private wake(fetch: NonNullable<Admitted['fetch']>): void {
    this.parts.queue.addFetch(fetch).catch((error: unknown) => {
      this.parts.log.warn(
        { fileId: fetch.fileId, err: textOf(error) },
        'a fetch was not enqueued, the sweep will',
      )
    })
  }

  private answer(view: LinkView, policy: HostPolicy, reused: boolean): LinkAnswer {
    return linkAnswer(view, { policy, reused, proxyUrl: this.parts.proxyUrl, now: this.parts.clock.now() })
  }
}
