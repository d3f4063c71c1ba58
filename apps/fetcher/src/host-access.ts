import type { Clock } from '@obb/core/clock'
import type { FileSecrets } from '@obb/core/files'
import type { HostPolicy } from '@obb/core/hosts'
import { type PgSessions, noSessions } from '@obb/core/pool'
import { type HostContext, type HostHttp, type OperatorAccount, Pace, pacedHttp } from '@obb/host-adapters'

/** Hands adapters what they may touch: the guarded network at their account's pace, sessions, origins. */
export class HostAccess {
  /** By account, or by platform where none is needed. An entry is small and accounts are few. */
  private readonly paces = new Map<string, Pace>()

  constructor(
    private readonly http: HostHttp,
    private readonly sessions: PgSessions,
    private readonly clock: Clock,
  ) {}

  context(
    policy: HostPolicy,
    account: OperatorAccount | undefined,
    signal: AbortSignal,
    secrets: FileSecrets = {},
  ): HostContext {
    return {
      http: pacedHttp(this.http, this.paceOf(policy, account)),
      origin: (name) => {
        const url = policy.origins[name]
        if (url === undefined) throw new Error(`${policy.platform} has no origin ${name}`)
        return url
      },
      session: account ? this.sessions.of(account.id) : noSessions,
      now: () => this.clock.now(),
      signal,
      ...(account ? { account } : {}),
      ...(secrets.password === undefined ? {} : { password: secrets.password }),
    }
  }

  private paceOf(policy: HostPolicy, account: OperatorAccount | undefined): Pace {
    const key = account?.id ?? policy.platform
    let pace = this.paces.get(key)
    if (!pace) this.paces.set(key, (pace = new Pace(policy.adapter.manifest.requestGate)))
    return pace
  }
}
