/** A BandwidthDemand is what one of several may want of a limit, and how much it counts for. */
export interface BandwidthDemand {
  /** Infinity is as much as there is. */
  demand: number
  /** Fetches that run; at least one. */
  fetches: number
}

/**
 * Weighted max-min fairness: nobody gets more than it demands while another one could use it, and what nobody demands
 * is divided as well, so that whoever needs more finds it there. The shares make up the limit.
 */
export function fairShares(limit: number, claims: readonly BandwidthDemand[]): number[] {
  const shares = claims.map(() => 0)
  let open = claims.map((claim, index) => ({ ...claim, index }))
  let left = limit
  while (open.length > 0) {
    const each = left / fetchesOf(open)
    const content = open.filter(({ demand, fetches }) => demand <= each * fetches)
    if (content.length === 0) {
      for (const { index, fetches } of open) shares[index] = each * fetches
      return shares
    }
    for (const { index, demand } of content) shares[index] = demand
    left -= content.reduce((sum, { demand }) => sum + demand, 0)
    open = open.filter((claim) => !content.includes(claim))
  }
  const spare = left / fetchesOf(claims)
  return shares.map((share, index) => share + spare * (claims[index]?.fetches ?? 0))
}

/**
 * What the first of `claims` may take at once: its fair share, unless others still have a part of that. They lower
 * theirs when they claim themselves, so the sum never exceeds the limit.
 */
export function nextShare(
  limit: number,
  mine: BandwidthDemand,
  others: readonly (BandwidthDemand & { share: number })[],
): number {
  const taken = others.reduce((sum, { share }) => sum + share, 0)
  const fair = fairShares(limit, [mine, ...others])[0] ?? 0
  return Math.max(0, Math.min(fair, limit - taken))
}

function fetchesOf(claims: readonly BandwidthDemand[]): number {
  return claims.reduce((sum, { fetches }) => sum + fetches, 0)
}
