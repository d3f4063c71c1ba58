import type { AccountAnswer, HostLimit } from '@obb/contracts'
import { type Caller, capOf } from '@obb/core/accounts'
import type { UsageFigures } from '@obb/core/traffic'

/** How often clients should ask, ms. */
const LOGIN_CHECK_INTERVAL_MS = 1_800_000

/** LimitFacts are what the limits of an account are made of. */
export interface LimitFacts {
  /** Platforms that are switched on. */
  platforms: readonly string[]
  windows: ReadonlyMap<string, UsageFigures>
}

/** `now`: epoch ms. Without a daily cap the whole quota is the cap. */
export function accountAnswer(caller: Caller, facts: LimitFacts | undefined, now: number): AccountAnswer {
  return {
    accountType: caller.trafficMax > 0 ? 'premium' : 'free',
    trafficleft: caller.trafficLeft,
    trafficmax: caller.trafficMax,
    trafficmax_daily: caller.dailyPerHost ?? caller.trafficMax,
    timeleft:
      caller.expiresAt === null ? null : Math.max(0, Math.floor((caller.expiresAt.getTime() - now) / 1000)),
    login_check_interval: LOGIN_CHECK_INTERVAL_MS,
    ...(facts ? { limits: hostLimits(caller, facts) } : {}),
  }
}

function hostLimits(caller: Caller, { platforms, windows }: LimitFacts): HostLimit[] {
  const capped = platforms.filter((platform) => capOf(caller, platform) !== null)
  return [...new Set([...capped, ...windows.keys()])].sort().map((platform) => {
    const { used, resetsAt } = windows.get(platform) ?? { used: 0, resetsAt: null }
    return { platform, used, max: capOf(caller, platform), resets_at: resetsAt }
  })
}
