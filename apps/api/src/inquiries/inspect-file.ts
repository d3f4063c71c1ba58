import { Injectable } from '@nestjs/common'
import { type AdmissionGate, Refusal, type RefusalCause, isPassing, isRefusalCause } from '@obb/contracts'
import type { Caller } from '@obb/core/accounts'
import { Admission, type GateSources } from '@obb/core/admission'
import { Files, type SourceFile } from '@obb/core/files'
import { HostCalls } from './host-calls.js'
import { type RequestedFile, factsOf } from './requested-file.js'

const RETRY_S = 15
/** How long a host is waited for that has to tell of a stored file again; what is stored is served then, ms. */
const CONFIRM_MS = 8_000

const CLEARING: ReadonlySet<RefusalCause> = new Set([
  'host_unavailable',
  'pool_exhausted',
  'service_unavailable',
  'store_unavailable',
])

export interface InspectFileRequest {
  caller: Caller
  /** What the gates see of the caller, where that was read before. */
  outlook?: GateSources
  requested: RequestedFile
  /** undefined: nobody asked for it before. */
  file: SourceFile | undefined
  /** Gates that must let pass before the host is asked. */
  gates: readonly AdmissionGate[]
  timeoutMs: number
  /** Goes around the time in which a host is waited for. */
  waiting?: (wait: () => Promise<void>) => Promise<void>
}

export interface ConfirmRequest extends Pick<InspectFileRequest, 'requested' | 'waiting'> {
  /** Raises Refusal. Asked for where the host is to be asked. */
  verifiedCaller: () => Promise<Caller>
}

/** Files with fresh facts from their hosts. Only fetchers talk to hosts, so one of them asks. */
@Injectable()
export class InspectFile {
  constructor(
    private readonly files: Files,
    private readonly admission: Admission,
    private readonly calls: HostCalls,
  ) {}

  /**
   * Has the host of a stored file asked whether it has another one in its place by now, where that may be: at a plain
   * address. At most every few minutes; a host that does not tell has the same one.
   */
  async confirm({ verifiedCaller, requested, waiting = (wait) => wait() }: ConfirmRequest): Promise<void> {
    const { files } = this
    const { identity, policy } = requested
    if (!policy.adapter.manifest.catchAll) return
    const file = await files.find(identity)
    if (!file || !files.needsConfirmation(file)) return
    const caller = await verifiedCaller()
    const applicant = { caller, policy, file, facts: factsOf(requested, file), size: null }
    if (await this.admission.refusal(applicant, ['block', 'fetcher'])) return
    const isAnswered = async (): Promise<boolean> => {
      const row = await files.byId(file.id)
      return row === undefined || !files.needsConfirmation(row)
    }
    const call = { call: 'inspect', fileId: file.id, platform: policy.platform } as const
    await waiting(async () => {
      const asking = this.calls.request({ ...call, accountId: caller.accountId }, isAnswered, CONFIRM_MS)
      await asking.catch((error: unknown) => {
        if (!(error instanceof Refusal)) throw error
      })
    })
  }

  /**
   * Whether a refusal of `request` may be none of a link, which the gates say then: what keeps from asking the host passes,
   * and size and price are known.
   */
  isLeftToGates({ refusal }: Refusal, file: SourceFile): boolean {
    const last = file.refusal
    const isGood = last === null || (isRefusalCause(last) && isPassing(last))
    return CLEARING.has(refusal) && isGood && this.files.knownSize(file) !== null
  }

  /**
   * The file as it is if its facts are fresh. Raises Refusal, also the one that the host gave, and Unanswered. What no
   * gate lets pass leaves no row.
   */
  async request({
    caller,
    outlook,
    requested,
    file: known,
    gates,
    timeoutMs,
    waiting = (wait) => wait(),
  }: InspectFileRequest): Promise<SourceFile> {
    const { files } = this
    if (known && !files.needsInspection(known)) return known
    const { policy, identity, ref, password } = requested
    const size = known ? files.knownSize(known) : null
    const applicant = { caller, policy, file: known, facts: factsOf(requested, known), size }
    const refusal = await this.admission.refusalOfCall(applicant, gates, outlook)
    if (refusal) throw refusal
    const { accountId } = caller
    const { platform } = policy
    const file = known ?? (await files.ensure(identity, ref, password))
    const isAnswered = async (): Promise<boolean> => {
      const row = await files.byId(file.id)
      return row !== undefined && files.isAnswered(row)
    }
    await waiting(() =>
      this.calls.request({ call: 'inspect', fileId: file.id, accountId, platform }, isAnswered, timeoutMs),
    )
    const told = await files.byId(file.id)
    if (told?.refusal === 'pool_exhausted') {
      // The pool knows when one of its accounts is back; the file remembers only to ask it again soon.
      const exhausted = await this.admission.refusalOfCall(applicant, ['pool'])
      if (exhausted) throw exhausted
    }
    if (told) files.assertNotRefused(told)
    if (told && !files.needsInspection(told)) return told
    throw new Refusal('host_unavailable', {
      retryInSeconds: RETRY_S,
      internal: 'the inspection left no facts',
    })
  }
}
