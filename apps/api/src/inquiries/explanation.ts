import { Injectable } from '@nestjs/common'
import { type ExplainAnswer, type GateAnswer, REFUSALS, Refusal, refusalFields } from '@obb/contracts'
import type { Caller } from '@obb/core/accounts'
import { Admission, type Applicant, type GateReport } from '@obb/core/admission'
import { Files, toldSize } from '@obb/core/files'
import { HostCatalog } from '@obb/core/hosts'
import { NOT_ASKED, OPEN_GATES, REUSED, WAITS } from '../http/gate-texts.js'
import { type RequestedFile, factsOf, readUrl } from './requested-file.js'

/**
 * Explanation tells what a request for a URL would meet, gate by gate in order. It asks no host and changes nothing.
 */
@Injectable()
export class Explanation {
  constructor(
    private readonly catalog: HostCatalog,
    private readonly files: Files,
    private readonly admission: Admission,
  ) {}

  async of(caller: Caller, url: string): Promise<ExplainAnswer> {
    const requested = await readUrl(this.catalog, url)
    if (!('refusal' in requested)) return this.gates(caller, requested)
    const { gate, policy, refusal } = requested
    const known = gate === 'host_known' ? [] : [openGate('host_known')]
    return {
      ...verdict(refusal),
      platform: policy?.platform ?? null,
      filename: null,
      filesize: null,
      cost: null,
      gates: [...known, closedGate(gate, refusal)],
    }
  }

  private async gates(caller: Caller, requested: RequestedFile): Promise<ExplainAnswer> {
    const { policy, identity, facts } = requested
    const file = await this.files.find(identity)
    const size = file ? this.files.knownSize(file) : null
    // Name and size of what others asked for long ago are not told: only the host would tell them to anybody.
    const told = file && !this.files.needsInspection(file) ? file : undefined
    const bytes = told ? toldSize(told) : null
    const applicant: Applicant = { caller, policy, file, facts: factsOf(requested, file), size }
    const reports = await this.admission.explain(applicant)
    const decisive = reports.find((each) => each.refusal ?? each.link?.live)
    const isOwn = decisive?.link?.live ?? false
    return {
      ...verdict(decisive?.refusal),
      platform: policy.platform,
      filename: facts.ownName ?? (isOwn ? file : told)?.name ?? null,
      filesize: bytes === null ? null : String(bytes),
      cost: isOwn ? 0 : bytes,
      gates: [
        openGate('host_known'),
        openGate('host_enabled'),
        ...reports.map((each) => gateAnswer(each, bytes)),
      ],
    }
  }
}

function verdict(refusal: Refusal | undefined): Pick<ExplainAnswer, 'allowed' | 'status' | 'msg'> {
  return refusal ? { allowed: false, ...refusalFields(refusal) } : { allowed: true }
}

function gateAnswer(report: GateReport, size: number | null): GateAnswer {
  const { gate, refusal, used, max, running, waiting, maxRunning, maxWaiting, resetsAt } = report
  const figures = {
    ...(used === undefined ? {} : { used }),
    ...(max === undefined ? {} : { max }),
    ...(running === undefined ? {} : { running }),
    ...(waiting === undefined ? {} : { waiting }),
    ...(maxRunning === undefined ? {} : { max_running: maxRunning }),
    ...(maxWaiting === undefined ? {} : { max_waiting: maxWaiting }),
    ...(resetsAt === undefined ? {} : { resets_at: resetsAt }),
  }
  if (report.waits) {
    const { clearsInSeconds: seconds } = report
    return {
      ...openGate(gate),
      msg: WAITS.en,
      ...(seconds === undefined ? {} : { clears_in_seconds: seconds }),
    }
  }
  if (refusal) return { ...closedGate(gate, refusal, report.clearsInSeconds), ...figures }
  if (gate === 'reuse' && report.link?.live)
    return { ...openGate(gate), msg: REUSED.en, link_id: report.link.id }
  if (gate === 'file' && size === null) return { ...openGate(gate), msg: NOT_ASKED.en }
  return { ...openGate(gate), ...figures }
}

function openGate(gate: GateAnswer['gate']): GateAnswer {
  return { gate, pass: true, msg: OPEN_GATES[gate].en }
}

function closedGate(gate: GateAnswer['gate'], refusal: Refusal, clearsInSeconds?: number): GateAnswer {
  const { status, msg } = REFUSALS[refusal.refusal]
  const clears = clearsInSeconds === undefined ? {} : { clears_in_seconds: clearsInSeconds }
  return { gate, pass: false, status, msg, ...clears }
}
