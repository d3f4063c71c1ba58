import { Inject, Injectable, Optional } from '@nestjs/common'
import {
  type AdmissionGate,
  type CheckAnswer,
  type CheckedUrl,
  REFUSALS,
  Refusal,
  type Status,
  refusalFields,
} from '@obb/contracts'
import type { Caller } from '@obb/core/accounts'
import { Admission, type GateSources } from '@obb/core/admission'
import { Files, type SourceFile, reckonedSize, toldSize } from '@obb/core/files'
import { HostCatalog } from '@obb/core/hosts'
import { LOG, type Log } from '@obb/core/log'
import { toRefusal } from '../failures/to-refusal.js'
import { InspectFile } from './inspect-file.js'
import { type RequestedFile, factsOf, readUrl } from './requested-file.js'
import { type RowPlace, RowPlaces } from './row-places.js'

/** The whole answer takes no longer, ms; what is not known by then is told as 105. */
const TIME_LIMIT_MS = 18_000

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
  constructor(
    private readonly catalog: HostCatalog,
    private readonly files: Files,
    private readonly admission: Admission,
    private readonly inspectFile: InspectFile,
    private readonly places: RowPlaces,
    @Inject(LOG) private readonly log: Log,
    @Optional() private readonly timeLimitMs: number = TIME_LIMIT_MS,
  ) {}

  /** One result per different URL, in the order of their first. What is no text is an unsupported one. */
  async of(caller: Caller, urls: readonly unknown[]): Promise<CheckAnswer> {
    const by = { caller, outlook: this.admission.outlook(caller) }
    const results = await this.places.each(caller.accountId, [...new Set(urls)], {
      limitMs: this.timeLimitMs,
      work: async (url, place) => {
        if (typeof url === 'string') return this.check(by, url, place)
        return result(JSON.stringify(url), { refusal: new Refusal('url_unsupported') })
      },
      failed: (url, error) => this.failed(String(url), error),
    })
    return { results }
  }

  private failed(url: string, error: unknown): CheckedUrl {
    const refusal = toRefusal(error)
    if (refusal.refusal === 'internal') this.log.error({ reason: refusal.options.internal }, 'check failed')
    return result(url, { refusal })
  }

  private async check(
    { caller, outlook }: Checker,
    url: string,
    { timeLeft, waiting }: RowPlace,
  ): Promise<CheckedUrl> {
    const requested = await readUrl(this.catalog, url)
    if ('refusal' in requested) return result(url, { refusal: requested.refusal })
    const { policy, ref, identity, facts } = requested
    let file: SourceFile | undefined
    let gates = ALL
    let stale = false
    try {
      await this.inspectFile.confirm({ verifiedCaller: async () => caller, requested, waiting })
      const known = await this.admission.lookUp(caller, identity, facts)
      file = known.file && (await this.files.withNewUrl(known.file, ref))
      if (known.live) return result(url, { requested, file, reusable: true })
      const order = {
        caller,
        outlook,
        requested,
        file,
        gates: BEFORE_INSPECTION,
        timeoutMs: timeLeft(),
        waiting,
      }
      const told = await this.inspectFile.request(order)
      if (told === file) gates = ALL_BUT_BLOCKS
      file = told
    } catch (error) {
      const refusal = toRefusal(error)
      stale = file !== undefined && this.inspectFile.isLeftToGates(refusal, file)
      // What others were told of it longer ago is not told to who could not ask the host.
      const told = file && !this.files.needsInspection(file) ? { file } : {}
      if (!stale) return result(url, { requested, ...told, refusal })
    }
    const size = file ? reckonedSize(file) : null
    const applicant = { caller, policy, file, facts: factsOf(requested, file), size }
    const refusal = await this.admission.refusal(applicant, gates, outlook)
    return result(url, { requested, file, told: !stale, stale, ...(refusal ? { refusal } : {}) })
  }
}

interface Outcome {
  requested?: RequestedFile
  file?: SourceFile | undefined
  refusal?: Refusal
  reusable?: boolean
  /** The host has told that it has the file. */
  told?: boolean
  /** The host cannot be asked now; a link would be made of what it told before. */
  stale?: boolean
}

function result(url: string, outcome: Outcome): CheckedUrl {
  const { requested, file, refusal, reusable = false, stale = false } = outcome
  const size = file ? toldSize(file) : null
  return {
    url,
    availability: availabilityOf(outcome),
    platform: requested?.policy.platform ?? null,
    filename: requested?.facts.ownName ?? file?.name ?? null,
    filesize: size === null ? null : String(size),
    cost: reusable ? 0 : size,
    reusable,
    ...(stale && { stale }),
    ...(refusal ? refusalFields(refusal) : {}),
  }
}

const OFFLINE: readonly Status[] = [101, 102, 104]
/** ONLINE are the statuses that a host gives only to a file that it has. */
const ONLINE: readonly Status[] = [103, 109, 110]

/** A refusal may be about the file, about the host, or about nothing but the caller. */
function availabilityOf({ refusal, stale, told = false }: Outcome): CheckedUrl['availability'] {
  if (!refusal) return stale ? 'unknown' : 'online'
  const { status } = REFUSALS[refusal.refusal]
  if (OFFLINE.includes(status)) return 'offline'
  return told || ONLINE.includes(status) ? 'online' : 'unknown'
}
