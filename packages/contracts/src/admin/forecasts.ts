import type { HostView } from './hosts.js'
import type { StoreView } from './store.js'

const DAY_MS = 86_400e3
/** What is about to happen is told of so long before, ms. */
export const SOON_MS = 3 * DAY_MS
/** Beyond it nothing is foretold, ms. */
const FAR_MS = 365 * DAY_MS

/** `quota`: files read least recently go from then on; `room`: nothing is stored any more. `at`: epoch ms. */
export interface Filling {
  limit: 'quota' | 'room'
  at: number
}

/** storeFilling is when the store will be full if it goes on growing as it did; undefined where it will not. */
export function storeFilling(
  { state, stored, quota, room, growth }: Pick<StoreView, 'state' | 'stored' | 'quota' | 'room' | 'growth'>,
  now: number,
): Filling | undefined {
  if (state !== 'ok') return undefined
  const untilQuota = quota === null ? Infinity : quota - stored
  const untilFull = room ?? Infinity
  const at = endOf(Math.min(untilQuota, untilFull), growth, now)
  return at === undefined ? undefined : { limit: untilQuota <= untilFull ? 'quota' : 'room', at }
}

/**
 * trafficDry is when what accounts have left at their host will be used up if they are used as they were, epoch ms;
 * undefined where it will not, since the host gives new traffic before, or at the latest a day after.
 */
export function trafficDry({ traffic }: Pick<HostView, 'traffic'>, now: number): number | undefined {
  if (traffic === null) return undefined
  const at = endOf(traffic.left, traffic.perDay, now)
  const isRenewed =
    at !== undefined && traffic.renewsAt !== null && Date.parse(traffic.renewsAt) <= at + DAY_MS
  return isRenewed ? undefined : at
}

/** When so many bytes are used up. What is used up already is told elsewhere. */
function endOf(bytes: number, perDay: number | null, now: number): number | undefined {
  if (perDay === null || perDay <= 0 || bytes <= 0) return undefined
  const ms = (bytes / perDay) * DAY_MS
  return ms <= FAR_MS ? now + ms : undefined
}
