import { Inject, Injectable } from '@nestjs/common'
import { Clock } from '@obb/core/clock'
import { Documents } from '@obb/core/documents'
import type { FileSecrets } from '@obb/core/files'
import type { HostPolicy } from '@obb/core/hosts'
import { PgSessions, type PooledAccount, noSessions } from '@obb/core/pool'
import {
  type HostContext,
  type OwnedHostHttp,
  Pace,
  PacePerHostname,
  pacedHttp,
  retryingHttp,
} from '@obb/host-adapters'
import { DocumentThreads } from './document-threads.js'

/** Token of the guarded way to hosts: OwnedHostHttp. */
export const HOST_HTTP = Symbol('HostHttp')

/** Hands adapters what they may touch: the guarded network at their account's pace, sessions, origins. */
@Injectable()
export class HostAccess {
  /** By account, or by platform where none is needed. An entry is small and accounts are few. */
  private readonly paces = new Map<string, Pace | PacePerHostname>()
  /** By platform, for all its accounts. */
  private readonly hostPaces = new Map<string, Pace | PacePerHostname>()

  constructor(
    @Inject(HOST_HTTP) private readonly http: OwnedHostHttp,
    private readonly sessions: PgSessions,
    private readonly clock: Clock,
    private readonly documents: Documents,
    private readonly documentThreads: DocumentThreads,
  ) {}

  /**
   * Everything an adapter does for an account goes out through the account's proxy, if it has one, logins and
   * downloads included: platforms bind both to an address. Raises HostError CONFIG for a proxy's URL that is none.
   */
  context(
    policy: HostPolicy,
    account: PooledAccount | undefined,
    signal: AbortSignal,
    secrets: FileSecrets = {},
  ): HostContext {
    const http = account?.proxy === undefined ? this.http : this.http.through(account.proxy)
    return {
      http: retryingHttp(pacedHttp(http, ...this.pacesOf(policy, account))),
      origin: (name) => {
        const url = policy.origins[name]
        if (url === undefined) throw new Error(`${policy.platform} has no origin ${name}`)
        return url
      },
      session: account ? this.sessions.of(account.id) : noSessions,
      switches: new Set(policy.switches),
      now: () => this.clock.now(),
      document: (digest) => this.documents.read(digest),
      readDocument: (order) => this.documentThreads.read(order, signal),
      signal,
      ...(account ? { account: { id: account.id, credentials: account.credentials } } : {}),
      ...(secrets.password === undefined ? {} : { password: secrets.password }),
    }
  }

  private pacesOf(
    { platform, adapter }: HostPolicy,
    account: PooledAccount | undefined,
  ): (Pace | PacePerHostname)[] {
    const { catchAll, requestGate, hostGate } = adapter.manifest
    const paceOf = catchAll ? PacePerHostname : Pace
    const own = paceIn(this.paces, account?.id ?? platform, () => new paceOf(requestGate))
    return hostGate ? [own, paceIn(this.hostPaces, platform, () => new paceOf(hostGate))] : [own]
  }
}

function paceIn<P>(paces: Map<string, P>, key: string, make: () => P): P {
  let pace = paces.get(key)
  if (!pace) paces.set(key, (pace = make()))
  return pace
}
