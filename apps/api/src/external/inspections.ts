import { setTimeout as sleep } from 'node:timers/promises'
import { Refusal } from '@obb/contracts'
import type { Caller } from '@obb/core/accounts'
import type { Admission, GateName } from '@obb/core/admission'
import type { Files, SourceFile } from '@obb/core/files'
import { type FetchQueue, QueueError } from '@obb/core/queue'
import { textOf } from '../failures/refusal-of.js'
import type { RequestedFile } from './requested-file.js'

const RETRY_S = 15
/** How often the row is looked at while its host is asked, ms. */
const LOOK_MS = 1_000

export interface InspectionOrder {
  caller: Caller
  requested: RequestedFile
  file: SourceFile
  /** What must let pass before the host is asked. */
  gates: readonly GateName[]
  timeoutMs: number
}

/** Files with fresh facts from their hosts. Only fetchers talk to hosts, so one of them asks. */
export class Inspections {
  constructor(
    private readonly files: Files,
    private readonly admission: Admission,
    private readonly queue: FetchQueue,
  ) {}

  /** The file as it is if its facts are fresh. Raises Refusal, also the one that the host gave. */
  async inspected({ caller, requested, file, gates, timeoutMs }: InspectionOrder): Promise<SourceFile> {
    const { files } = this
    if (!files.needsInspection(file)) return file
    const applicant = { caller, policy: requested.policy, file, facts: file, size: files.knownSize(file) }
    const refusal = await this.admission.refusal(applicant, gates)
    if (refusal) throw refusal
    await this.ask(file.id, timeoutMs)
    const known = await files.byId(file.id)
    if (!known) throw new Error('the file that was just inspected is not there')
    files.assertNotRefused(known)
    if (!files.needsInspection(known)) return known
    throw new Refusal('host_unavailable', {
      retryInSeconds: RETRY_S,
      internal: 'the inspection left no facts',
    })
  }

  /** Until the queue says that it was done, or the row shows it: an event of a queue may get lost. */
  private async ask(fileId: string, timeoutMs: number): Promise<void> {
    const answered = new AbortController()
    try {
      await Promise.race([
        this.queue.call({ call: 'inspect', fileId }, timeoutMs),
        this.recorded(fileId, answered.signal),
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
    for (;;) {
      await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined)
      if (signal.aborted) return
      const file = await this.files.byId(fileId)
      if (file && this.files.isAnswered(file)) return
    }
  }
}
