import {
  EXTERNAL_API,
  NZB_TYPE,
  type AccountAnswer,
  type CheckedUrl,
  type ExpandAnswer,
  type ExplainAnswer,
  type HostGroupsAnswer,
  type HostHistoryAnswer,
  type LinkListAnswer,
  type OwnLedgerAnswer,
  type UsageAnswer,
  accountSchema,
  batchRowSchema,
  batchSchema,
  checkSchema,
  expandSchema,
  explainSchema,
  hostGroupsSchema,
  hostHistorySchema,
  linkListSchema,
  linkSchema,
  ownLedgerSchema,
  usageSchema,
} from '@obb/contracts'
import { notRunning } from '../admin-client.js'
import { ConnectionFault, interruption, PortalRefusal } from '../failure.js'
import { callJson, type Call, type Http } from '../http.js'
import type { IoClock } from '../io.js'
import type { Endpoint } from '../settings.js'
import { RetryPatience } from './retry-patience.js'
import type { ProgressDisplay } from './progress.js'

/** Longest wait for an answer, ms. */
const IDLE_MS = 60_000
/** Time after which a service that is under maintenance or not there is given up, ms. */
const PATIENCE_MS = 60_000
const MAX_POLL_SECONDS = 60

/** What is only shown may be missing from an answer. */
const answerSchema = linkSchema.partial({ progress: true, bytes_done: true, attempt: true, expires_at: true })
export type RemoteLink = ReturnType<typeof answerSchema.parse>
const togetherSchema = batchSchema.extend({
  results: batchRowSchema.extend({ data: answerSchema.optional() }).array(),
})

/** The external API as a download client uses it. Raises PortalRefusal, CliError. */
export class Portal {
  private reached = false

  constructor(
    private readonly endpoint: Endpoint,
    private readonly http: Http,
    private readonly clock: IoClock,
    private readonly signal: AbortSignal,
    private readonly progress: ProgressDisplay,
  ) {}

  /** Asks for a file; asking again for the same one is free while its link is valid. `name`: of its package. */
  unrestrict(url: string, password?: string, name?: string): Promise<RemoteLink> {
    const body = { url, ...termsOf(password, name) }
    return this.call('POST', '/unrestrict', answerSchema, body)
  }

  /** The same for at most MAX_BATCH_LINKS files, in their order; undefined for those that are refused. */
  async unrestrictTogether(
    urls: readonly string[],
    password: string | undefined,
    name?: string,
  ): Promise<(RemoteLink | undefined)[]> {
    const body = { urls, ...termsOf(password, name) }
    const { results } = await this.call('POST', '/unrestrict/batch', togetherSchema, body)
    return results.map(({ data }) => data)
  }

  /** The links in a folder, and what its post says; of a file its own. */
  expand(url: string, password?: string): Promise<ExpandAnswer> {
    const body = { url, ...(password === undefined ? {} : { password }) }
    return this.call('POST', '/expand', expandSchema, body)
  }

  /** At most MAX_CHECKED_URLS. */
  async check(urls: readonly string[]): Promise<CheckedUrl[]> {
    return (await this.call('POST', '/check', checkSchema, { urls })).results
  }

  explain(url: string): Promise<ExplainAnswer> {
    return this.call('GET', `/explain?url=${encodeURIComponent(url)}`, explainSchema)
  }

  account(): Promise<AccountAnswer> {
    return this.call('GET', '/account', accountSchema)
  }

  /** `days`: with today, of the time zone. */
  usage(days: number, timeZone: string): Promise<UsageAnswer> {
    const query = new URLSearchParams({ days: String(days), timeZone })
    return this.call('GET', `/usage?${query}`, usageSchema)
  }

  /** A page of every movement of the user's traffic, the newest first. */
  ledger(query: Record<string, string>): Promise<OwnLedgerAnswer> {
    return this.call('GET', `/ledger?${new URLSearchParams(query)}`, ownLedgerSchema)
  }

  hosts(): Promise<HostGroupsAnswer> {
    return this.call('GET', '/hosts/grouped', hostGroupsSchema)
  }

  /** `days`: `1`, by hour, or `90`, by day. */
  hostHistory(days: string): Promise<HostHistoryAnswer> {
    return this.call('GET', `/hosts/history?days=${days}`, hostHistorySchema)
  }

  /** Has the file of an NZB fetched. */
  uploadNzb(nzb: Buffer): Promise<RemoteLink> {
    return this.call('POST', '/nzb', answerSchema, nzb)
  }

  /** Ends a link; what was charged comes back while its file is not whole. */
  cancel(linkId: string): Promise<RemoteLink> {
    return this.call('DELETE', `/link/${encodeURIComponent(linkId)}`, answerSchema)
  }

  /** A page of the user's links. */
  links(query: Record<string, string>): Promise<LinkListAnswer> {
    return this.call('GET', `/links?${new URLSearchParams(query)}`, linkListSchema)
  }

  /** Whatever else a command asks; `path` is below the API's prefix. */
  send<T>(
    method: Call['method'],
    path: string,
    schema: Parameters<typeof callJson<T>>[2],
    body?: object,
  ): Promise<T> {
    return this.call(method, path, schema, body)
  }

  link(linkId: string): Promise<RemoteLink> {
    return this.call('GET', `/link/${encodeURIComponent(linkId)}`, answerSchema)
  }

  /** Polls as asked until the file is ready. Raises the refusal of a fetch that failed. */
  async ready(asked: RemoteLink): Promise<RemoteLink & { link: string }> {
    let answer = asked
    for (;;) {
      const { download_ready, link, remote_status, error } = answer
      if (download_ready && link !== null) return { ...answer, link }
      if (remote_status === 'error') {
        throw new PortalRefusal(error ?? { status: 106, msg: 'The file could not be fetched.' }, 200)
      }
      this.progress.showFetching(
        answer.filename,
        remote_status,
        answer.progress,
        answer.speed_bps,
        answer.eta_seconds,
      )
      await this.sleep(Math.min(answer.poll_after_seconds, MAX_POLL_SECONDS) * 1000)
      answer = await this.link(answer.linkId)
    }
  }

  async sleep(ms: number): Promise<void> {
    await this.clock.sleep(ms, this.signal).catch(() => {
      throw interruption()
    })
  }

  private async call<T>(
    method: Call['method'],
    path: string,
    schema: Parameters<typeof callJson<T>>[2],
    body?: object | Buffer,
  ): Promise<T> {
    const patience = new RetryPatience(this.clock, PATIENCE_MS)
    const { url, secret } = this.endpoint
    const isNzb = Buffer.isBuffer(body)
    for (;;) {
      try {
        const answer = await callJson(
          this.http,
          {
            method,
            url: `${url}${EXTERNAL_API}${path}`,
            headers: {
              authorization: `Bearer ${secret}`,
              accept: 'application/json',
              ...(body === undefined ? {} : { 'content-type': isNzb ? NZB_TYPE : 'application/json' }),
            },
            ...(body === undefined ? {} : { body: isNzb ? body : JSON.stringify(body) }),
            signal: this.signal,
            idleMs: IDLE_MS,
          },
          schema,
        )
        this.reached = true
        return answer
      } catch (error) {
        // A server that was there a moment ago is being restarted.
        const fault = this.reached ? error : notRunning(error, url)
        if (!isPassing(fault)) throw fault
        this.progress.notice(fault.message)
        const asked = fault instanceof PortalRefusal ? fault.retryInSeconds : undefined
        await patience
          .wait(fault, this.signal, asked === undefined ? undefined : asked * 1000)
          .catch((reason: unknown) => {
            throw this.signal.aborted ? interruption() : reason
          })
      }
    }
  }
}

const termsOf = (password: string | undefined, name: string | undefined): object => ({
  ...(password === undefined ? {} : { password }),
  ...(name === undefined ? {} : { package: name }),
})

/** The service itself is away for a moment; refusals of the file or the account are final. */
function isPassing(error: unknown): error is ConnectionFault | PortalRefusal {
  if (error instanceof ConnectionFault) return true
  return error instanceof PortalRefusal && (error.status === 105 || error.http === 503)
}
