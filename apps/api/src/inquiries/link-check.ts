import { setMaxListeners } from 'node:events'
import { Inject, Injectable, Optional } from '@nestjs/common'
import {
  type AdmissionGate,
  type CheckAnswer,
  type CheckedUrl,
  REFUSALS,
  Refusal,
  type Status,
  failure,
} from '@obb/contracts'
import type { Caller } from '@obb/core/accounts'
import { Admission, type GateSources } from '@obb/core/admission'
import { within } from '@obb/core/deadline'
import { Files, type SourceFile, reckonedSize, toldSize } from '@obb/core/files'
import { HostCatalog } from '@obb/core/hosts'
import { LOG, type Log } from '@obb/core/log'
import { SharedPlaces } from '@obb/core/semaphore'
import { toRefusal } from '../failures/to-refusal.js'
import { InspectFile } from './inspect-file.js'
import { type RequestedFile, factsOf, readUrl } from './requested-file.js'

/** The whole answer takes no longer, ms; what is not known by then is told as 105. */
const TIME_LIMIT_MS = 18_000
const RETRY_S = 15
/** Files that this process looks up at once for all checks: requests for links must not wait behind them. */
const PLACES = 8
/** One account leaves some of them to those that have none. */
const SHARE = { reserve: 2, modest: 1 }

/** The caller's own limits do not keep a host from being asked. */
const BEFORE_INSPECTION: readonly AdmissionGate[] = ['block', 'file', 'fetcher', 'host_working', 'pool']
const ALL: readonly AdmissionGate[] = ['account', ...BEFORE_INSPECTION, 'slots', 'host_usage', 'traffic']
/** Of a file that was not asked about, the look-up has told already that nothing blocks it. */
const ALL_BUT_BLOCKS = ALL.filter((gate) => gate !== 'block')

/** Who checks, and what the gates see of them: read once for all URLs of a request. */
interface Checker {
  caller: Caller
  outlook: GateSources
}

/** Whether files are there, and what a link to each would cost now. Makes no link and charges nothing. */
@Injectable()
export class LinkCheck {
  private readonly places = new SharedPlaces({ places: PLACES, accounts: SHARE })

  constructor(
    private readonly catalog: HostCatalog,
    private readonly files: Files,
    private readonly admission: Admission,
    private readonly inspectFile: InspectFile,
    @Inject(LOG) private readonly log: Log,
    @Optional() private readonly timeLimitMs: number = TIME_LIMIT_MS,
  ) {}

  /** One result per different URL, in the order of their first. What is no text is an unsupported one. */
  async of(caller: Caller, urls: readonly unknown[]): Promise<CheckAnswer> {
    const until = performance.now() + this.timeLimitMs
    const late = new AbortController()
    setMaxListeners(0, late.signal) // one for every URL that waits for a place
    const timer = setTimeout(() => late.abort(tooLate()), this.timeLimitMs)
    try {
      const by = { caller, outlook: this.admission.outlook(caller) }
      const results = [...new Set(urls)].map((url) =>
        typeof url === 'string'
          ? this.checkInTurn(by, url, until, late.signal)
          : result(JSON.stringify(url), { refusal: new Refusal('url_unsupported') }),
      )
      return { results: await Promise.all(results) }
    } finally {
      clearTimeout(timer)
    }
  }

  private async checkInTurn(by: Checker, url: string, until: number, late: AbortSignal): Promise<CheckedUrl> {
    try {
      const left = Math.max(1, until - performance.now())
      return await within(left, this.checkInPlace(by, url, until, late), tooLate)
    } catch (error) {
      const refusal = toRefusal(error)
      if (refusal.refusal === 'internal') this.log.error({ reason: refusal.options.internal }, 'check failed')
      return result(url, { refusal })
    }
  }

  /** In a place of its own, which is given back while a host is waited for. */
  private async checkInPlace(
    by: Checker,
    url: string,
    until: number,
    late: AbortSignal,
  ): Promise<CheckedUrl> {
    const owner = { account: by.caller.accountId }
    let place = await this.places.acquire(owner, late)
    const waiting = async (wait: () => Promise<void>): Promise<void> => {
      place.release()
      await wait()
      place = await this.places.acquire(owner, late)
    }
    try {
      const timeoutMs = Math.max(1, until - performance.now())
      return await this.check(by, url, timeoutMs, waiting)
    } finally {
      place.release()
    }
  }

  private async check(
    { caller, outlook }: Checker,
    url: string,
    timeoutMs: number,
    waiting: (wait: () => Promise<void>) => Promise<void>,
  ): Promise<CheckedUrl> {
    const requested = await readUrl(this.catalog, url)
    if ('refusal' in requested) return result(url, { refusal: requested.refusal })
    const { policy, ref, identity, facts } = requested
    let file: SourceFile | undefined
    let gates = ALL
    try {
      await this.inspectFile.confirm({ verifiedCaller: async () => caller, requested, waiting })
      const known = await this.admission.lookUp(caller, identity, facts)
      file = known.file && (await this.files.withNewUrl(known.file, ref))
      if (known.live) return result(url, { requested, file, reusable: true })
      const order = { caller, outlook, requested, file, gates: BEFORE_INSPECTION, timeoutMs, waiting }
      const told = await this.inspectFile.request(order)
      if (told === file) gates = ALL_BUT_BLOCKS
      file = told
    } catch (error) {
      // What others were told of it long ago is not told to who could not ask the host.
      const told = file && !this.files.needsInspection(file) ? { file } : {}
      return result(url, { requested, ...told, refusal: toRefusal(error) })
    }
    const applicant = { caller, policy, file, facts: factsOf(requested, file), size: reckonedSize(file) }
    const refusal = await this.admission.refusal(applicant, gates, outlook)
    return result(url, { requested, file, told: true, ...(refusal ? { refusal } : {}) })
  }
}

function tooLate(): Refusal {
  return new Refusal('host_unavailable', { retryInSeconds: RETRY_S, internal: 'no answer within the check' })
}

interface Outcome {
  requested?: RequestedFile
  file?: SourceFile | undefined
  refusal?: Refusal
  reusable?: boolean
  /** The host has told that it has the file. */
  told?: boolean
}

function result(url: string, outcome: Outcome): CheckedUrl {
  const { requested, file, refusal, reusable = false } = outcome
  const size = file ? toldSize(file) : null
  return {
    url,
    availability: availabilityOf(outcome),
    platform: requested?.policy.platform ?? null,
    filename: requested?.facts.ownName ?? file?.name ?? null,
    filesize: size === null ? null : String(size),
    cost: reusable ? 0 : size,
    reusable,
    ...(refusal ? failureFields(refusal) : {}),
  }
}

const OFFLINE: readonly Status[] = [101, 102, 104]
/** ONLINE are the statuses that a host gives only to a file that it has. */
const ONLINE: readonly Status[] = [103, 109, 110]

/** A refusal may be about the file, about the host, or about nothing but the caller. */
function availabilityOf({ refusal, told = false }: Outcome): CheckedUrl['availability'] {
  if (!refusal) return 'online'
  const { status } = REFUSALS[refusal.refusal]
  if (OFFLINE.includes(status)) return 'offline'
  return told || ONLINE.includes(status) ? 'online' : 'unknown'
}

function failureFields(refusal: Refusal): Pick<CheckedUrl, 'status' | 'msg' | 'retry_in_seconds'> {
  const { status, msg, retry_in_seconds } = failure(refusal)
  return { status, msg, ...(retry_in_seconds === undefined ? {} : { retry_in_seconds }) }
}
