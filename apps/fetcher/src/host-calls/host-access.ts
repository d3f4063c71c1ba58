import { Inject, Injectable, Optional } from '@nestjs/common'
import { Clock } from '@obb/core/clock'
import { Documents } from '@obb/core/documents'
import type { FileSecrets } from '@obb/core/files'
import type { HostPolicy } from '@obb/core/hosts'
import { PgSessions, type PooledAccount, noSessions } from '@obb/core/pool'
import {
  type HostContext,
  type HostManifest,
  type OwnedHostHttp,
  Pace,
  PacePerHostname,
  type PaceClock,
  pacedHttp,
  retryingHttp,
} from '@obb/host-adapters'
import { DocumentThreads } from './document-threads.js'
import type { HostDeadline } from './host-deadline.js'

/** Token of the guarded way to hosts: OwnedHostHttp. */
export const HOST_HTTP = Symbol('HostHttp')

/** Paces of a platform's API calls. */
interface PlatformPaces {
  /** By account, or under '' where none is needed. An entry is small and accounts are few. */
  own: Map<string, Pace | PacePerHostname>
  /** For all accounts. */
  host: Pace | PacePerHostname | undefined
}

/** Hands adapters what they may touch: the guarded network at their account's pace, sessions, origins. */
@Injectable()
export class HostAccess {
  /** By platform. */
  private readonly paces = new Map<string, PlatformPaces>()

  constructor(
    @Inject(HOST_HTTP) private readonly http: OwnedHostHttp,
    private readonly sessions: PgSessions,
    private readonly clock: Clock,
    private readonly documents: Documents,
    private readonly documentThreads: DocumentThreads,
    @Optional() private readonly paceClock?: PaceClock,
  ) {}

  /**
   * Everything an adapter does for an account goes out through the account's proxy, if it has one, logins and
   * downloads included: platforms bind both to an address. `deadline` stands while a gate of ours is waited at. Raises
   * HostError CONFIG for a proxy's URL that is none.
   */
  context(
    policy: HostPolicy,
    account: PooledAccount | undefined,
    signal: AbortSignal,
    secrets: FileSecrets = {},
    deadline?: HostDeadline,
  ): HostContext {
    const sessions = account ? this.sessions.of(account.id) : noSessions
    const gates = this.gatesOf(policy, account).map((gate) => deadline?.gate(gate) ?? gate)
    const http = account?.proxy === undefined ? this.http : this.http.through(account.proxy)
    return {
      http: retryingHttp(pacedHttp(http, ...gates)),
      origin: (name) => {
        const url = policy.origins[name]
        if (url === undefined) throw new Error(`${policy.platform} has no origin ${name}`)
        return url
      },
      session: deadline?.sessions(sessions) ?? sessions,
      switches: new Set(policy.switches),
      now: () => this.clock.now(),
      document: (digest) => this.documents.read(digest),
      readDocument: (order) => this.documentThreads.read(order, signal),
      signal,
      ...(account ? { account: { id: account.id, credentials: account.credentials } } : {}),
      ...(secrets.password === undefined ? {} : { password: secrets.password }),
    }
  }

  /** How many calls to a platform its gates would let through at once, whichever account makes them. */
  freeCalls({ catchAll, id: platform, requestGate }: HostManifest): number {
    if (catchAll) return Infinity
    const { own, host } = this.pacesOf(platform)
    const gates = own.size > 0 ? own.values() : [new Pace(requestGate)]
    return Math.min(...[...gates, ...(host ? [host] : [])].map(freeAt))
  }

  private gatesOf(
    { platform, adapter }: HostPolicy,
    account: PooledAccount | undefined,
  ): (Pace | PacePerHostname)[] {
    const { catchAll, requestGate, hostGate } = adapter.manifest
    const paceOf = catchAll ? PacePerHostname : Pace
    const paces = this.pacesOf(platform)
    let own = paces.own.get(account?.id ?? '')
    if (!own) paces.own.set(account?.id ?? '', (own = new paceOf(requestGate, this.paceClock)))
    if (!hostGate) return [own]
    return [own, (paces.host ??= new paceOf(hostGate, this.paceClock))]
  }

  private pacesOf(platform: string): PlatformPaces {
    let paces = this.paces.get(platform)
    if (!paces) this.paces.set(platform, (paces = { own: new Map(), host: undefined }))
    return paces
  }
}

function freeAt(pace: Pace | PacePerHostname): number {
  return pace instanceof Pace ? pace.free : Infinity
}
