import { Injectable } from '@nestjs/common'
import { type AdmissionGate, Refusal } from '@obb/contracts'
import type { Caller } from '@obb/core/accounts'
import { Admission } from '@obb/core/admission'
import { Files, type SourceFile } from '@obb/core/files'
import { HostCalls } from './host-calls.js'
import type { RequestedFile } from './requested-file.js'

const RETRY_S = 15

export interface InspectFileRequest {
  caller: Caller
  requested: RequestedFile
  file: SourceFile
  /** Gates that must let pass before the host is asked. */
  gates: readonly AdmissionGate[]
  timeoutMs: number
}

/** Files with fresh facts from their hosts. Only fetchers talk to hosts, so one of them asks. */
@Injectable()
export class InspectFile {
  constructor(
    private readonly files: Files,
    private readonly admission: Admission,
    private readonly calls: HostCalls,
  ) {}

  /** The file as it is if its facts are fresh. Raises Refusal, also the one that the host gave. */
  async request({ caller, requested, file, gates, timeoutMs }: InspectFileRequest): Promise<SourceFile> {
    const { files } = this
    if (!files.needsInspection(file)) return file
    const applicant = { caller, policy: requested.policy, file, facts: file, size: files.knownSize(file) }
    const refusal = await this.admission.refusal(applicant, gates)
    if (refusal) throw refusal
    await this.calls.request(
      { call: 'inspect', fileId: file.id },
      async () => {
        const row = await files.byId(file.id)
        return row !== undefined && files.isAnswered(row)
      },
      timeoutMs,
    )
    const known = await files.byId(file.id)
    if (!known) throw new Error('the file that was just inspected is not there')
    if (known.refusal === 'pool_exhausted') {
      // The pool knows when one of its accounts is back; the file remembers only to ask it again soon.
      const exhausted = await this.admission.refusal(applicant, ['pool'])
      if (exhausted) throw exhausted
    }
    files.assertNotRefused(known)
    if (!files.needsInspection(known)) return known
    throw new Refusal('host_unavailable', {
      retryInSeconds: RETRY_S,
      internal: 'the inspection left no facts',
    })
  }
}
