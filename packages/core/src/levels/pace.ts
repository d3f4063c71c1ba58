/*
 * How fast something grows or is used up, from its level hour by hour. Of the last week and the last two days the
 * slower one counts: a burst of yesterday does not go on for a week, and what went on last week may be over.
 */

/** At an hour: epoch ms, bytes. */
export interface LevelAt {
  at: number
  bytes: number
}

export interface Use {
  /** Bytes a day. */
  perDay: number
  /** When the first account is about to get new traffic, epoch ms; null: not seen twice. */
  renewsAt: number | null
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Levels of less time tell nothing yet, ms. */
const ENOUGH_MS = 3 * DAY_MS
const LATELY_MS = 2 * DAY_MS
/** Nothing is told once nobody writes levels down any more, ms. */
const STALE_MS = 6 * HOUR_MS
/** A rise by so much of the highest level is new traffic; less is a host that corrects its figure. */
const RENEWAL = 0.05

/** Bytes by which something grows a day, negative where it shrinks; null where too little is known. Oldest first. */
export function growthOf(levels: readonly LevelAt[], now: number): number | null {
  const steps = stepsOf(levels)
  return paceOf(steps, levels[0]?.at, { last: levels.at(-1)?.at, now })
}

/** What the accounts of one platform use of their traffic, each with its levels; null where too little is known. */
export function useOf(accounts: readonly (readonly LevelAt[])[], now: number): Use | null {
  const falls = accounts.flatMap((levels) =>
    stepsOf(levels)
      .filter(({ bytes }) => bytes < 0)
      .map(({ at, bytes }) => ({ at, bytes: -bytes })),
  )
  const times = accounts.flatMap((levels) => [levels[0]?.at ?? [], levels.at(-1)?.at ?? []].flat())
  const perDay = paceOf(falls, times.length > 0 ? Math.min(...times) : undefined, {
    last: times.length > 0 ? Math.max(...times) : undefined,
    now,
  })
  if (perDay === null) return null
  const renewals = accounts.flatMap((levels) => nextRenewal(levels, now) ?? [])
  return { perDay, renewsAt: renewals.length > 0 ? Math.min(...renewals) : null }
}

/** What changed from one level to the next. */
function stepsOf(levels: readonly LevelAt[]): LevelAt[] {
  return levels.flatMap(({ at, bytes }, index) => {
    const before = levels[index - 1]
    return before ? { at, bytes: bytes - before.bytes } : []
  })
}

function paceOf(
  steps: readonly LevelAt[],
  first: number | undefined,
  { last, now }: { last: number | undefined; now: number },
): number | null {
  if (first === undefined || last === undefined) return null
  if (last - first < ENOUGH_MS || now - last > STALE_MS) return null
  const since = (from: number) =>
    (steps.reduce((sum, { at, bytes }) => sum + (at > from ? bytes : 0), 0) * DAY_MS) / (last - from)
  return Math.round(Math.min(since(first), since(last - LATELY_MS)))
}

/** As long after the last renewal as that was after the one before. */
function nextRenewal(levels: readonly LevelAt[], now: number): number | undefined {
  const least = RENEWAL * Math.max(0, ...levels.map(({ bytes }) => bytes))
  const rises = stepsOf(levels).filter(({ bytes }) => bytes > least)
  const [before, last] = rises.slice(-2)
  return before && last ? Math.max(now, 2 * last.at - before.at) : undefined
}
