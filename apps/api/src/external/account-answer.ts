import type { AccountAnswer } from '@obb/contracts'
import type { Caller } from '@obb/core/accounts'

/** How often clients should ask, ms. */
const LOGIN_CHECK_INTERVAL_MS = 1_800_000

/** `now`: epoch ms. Without a daily cap the whole quota is the cap. */
export function accountAnswer(caller: Caller, now: number): AccountAnswer {
  return {
    accountType: caller.trafficMax > 0 ? 'premium' : 'free',
    trafficleft: caller.trafficLeft,
    trafficmax: caller.trafficMax,
    trafficmax_daily: caller.dailyPerHost ?? caller.trafficMax,
    timeleft:
      caller.expiresAt === null ? null : Math.max(0, Math.floor((caller.expiresAt.getTime() - now) / 1000)),
    login_check_interval: LOGIN_CHECK_INTERVAL_MS,
  }
}
