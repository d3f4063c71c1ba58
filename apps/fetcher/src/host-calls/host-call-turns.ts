import { Injectable } from '@nestjs/common'
import { HostCatalog } from '@obb/core/hosts'
import { type HostCall, subjectOf } from '@obb/core/queue'
import { type Place, type PlaceOwner, SharedPlaces } from '@obb/core/semaphore'
import { traced } from '@obb/core/tracing'
import type { HostAdapter } from '@obb/host-adapters'
import { CheckAccountJob } from './check-account-job.js'
import { ExpandFolderJob } from './expand-folder-job.js'
import { HostAccess } from './host-access.js'
import { InspectFileJob } from './inspect-file-job.js'
import { WaitingCall } from './waiting-call.js'

/** Calls at once; they wait for hosts, not for this machine. */
const PLACES = 32
/** Who has two places already, an account or a platform, leaves so many to those that have fewer. */
const SHARE = { reserve: 8, modest: 2 }
/** Calls at once to a platform whose gates let nobody through: one on its way, one at the gate. */
const AT_THE_GATE = 2

/** The turn of one account for a call. */
interface Turn extends PlaceOwner {
  platform: string
  call: WaitingCall
}

/**
 * The host calls of this fetcher, in turns per account, with shares per account and platform (SharedPlaces). While the
 * gates of a platform are shut, calls to it wait here, where turns are kept, and hardly any at the gate; then whoever
 * waits for an inspection there goes along in the next call, where the platform has one for many. What several
 * accounts want is asked once, at the first of their turns.
 */
@Injectable()
export class HostCallTurns {
  private readonly calls = new Map<string, WaitingCall>()
  private readonly adapters = new Map<string, HostAdapter>()
  private readonly places: SharedPlaces<Turn> = new SharedPlaces({
    places: PLACES,
    accounts: SHARE,
    platforms: SHARE,
    isOpen: (platform): boolean =>
      this.freeCalls(platform) > 0 || this.places.placesOf(platform) < AT_THE_GATE,
  })

  constructor(
    catalog: HostCatalog,
    private readonly access: HostAccess,
    private readonly inspectFileJob: InspectFileJob,
    private readonly expandFolderJob: ExpandFolderJob,
    private readonly checkAccountJob: CheckAccountJob,
  ) {
    for (const { adapter, platform } of catalog.all()) this.adapters.set(platform, adapter)
  }

  /**
   * Resolves when the call was made, or waited so long that nobody asks for it any more. What came of it is in the
   * database. Raises the reason of `stop`.
   */
  async run(call: HostCall, stop: AbortSignal): Promise<void> {
    stop.throwIfAborted()
    const waiting = this.waitingFor(call, stop)
    const { accountId } = call
    if (!waiting.accounts.has(accountId)) {
      waiting.accounts.add(accountId)
      if (!waiting.isUnderWay) this.queue(waiting, accountId)
    }
    return waiting.outcome
  }

  private waitingFor(call: HostCall, stop: AbortSignal): WaitingCall {
    const key = `${call.call}-${subjectOf(call)}`
    const known = this.calls.get(key)
    if (known) return known
    const waiting = new WaitingCall(call, stop)
    this.calls.set(key, waiting)
    const over = (): unknown => this.calls.delete(key)
    waiting.outcome.then(over, over)
    return waiting
  }

  private queue(call: WaitingCall, account: string): void {
    const { platform } = call.call
    const enter = (place: Place<Turn>): void => {
      if (call.begin()) void call.inContext(() => this.make(call, place)).finally(place.release)
      else place.release()
    }
    call.addTurn(this.places.queue({ account, platform, call }, enter))
  }

  private async make(call: WaitingCall, place: Place<Turn>): Promise<void> {
    const calls = [call, ...this.takeAlong(call, place)]
    try {
      const { call: what, platform } = call.call
      const attributes = { 'obb.call': what, 'obb.platform': platform, 'obb.subject': call.subject }
      await traced('host call', { attributes: { ...attributes, 'obb.calls': calls.length } }, () =>
        calls.length > 1 ? this.inspectTogether(calls, call.stop) : this.makeAlone(call),
      )
    } catch (error) {
      for (const each of calls) each.fail(error)
    }
  }

  /** Who else waits for an inspection there while the gates are shut. */
  private takeAlong(call: WaitingCall, place: Place<Turn>): WaitingCall[] {
    const { platform } = call.call
    const adapter = this.adapters.get(platform)
    // The place of the call itself is counted already.
    if (!call.mayGoTogether || !adapter?.checkTogether || this.freeCalls(platform) >= 0) return []
    const others: WaitingCall[] = []
    const fits = (turn: Turn): boolean => turn.platform === platform && turn.call.mayGoTogether
    while (others.length + 1 < adapter.manifest.checkBatchSize) {
      const [turn] = place.takeAlong(fits, 1)
      if (!turn) break
      if (turn.call.begin()) others.push(turn.call)
    }
    return others
  }

  private async inspectTogether(calls: readonly WaitingCall[], stop: AbortSignal): Promise<void> {
    const fileIds = calls.map(({ subject }) => subject)
    const inContextOf = new Map(calls.map(({ inContext, subject }) => [subject, inContext]))
    const apart = await this.inspectFileJob.runTogether(fileIds, stop, inContextOf)
    for (const call of calls) {
      if (!apart.has(call.subject)) call.end()
      else {
        call.waitAlone(apart.get(call.subject))
        for (const account of call.accounts) this.queue(call, account)
      }
    }
  }

  private async makeAlone({ alone, call, end, stop }: WaitingCall): Promise<void> {
    switch (call.call) {
      case 'inspect':
        await this.inspectFileJob.run(call.fileId, stop, alone)
        break
      case 'expand':
        await this.expandFolderJob.run(call.folderId, stop)
        break
      case 'check-account':
        await this.checkAccountJob.run(call.hostAccountId, stop)
        break
    }
    end()
  }

  /** Calls that the gates of a platform would let through, less those that are on their way to it. */
  private freeCalls(platform: string): number {
    const adapter = this.adapters.get(platform)
    return adapter ? this.access.freeCalls(adapter.manifest) - this.places.placesOf(platform) : Infinity
  }
}
