const GOOD_SUCCESS = 0.9
const FEW_FETCHES = 10

/** Whether a host that works is degraded: of its fetches of 24 hours many failed, and there are enough to judge by. */
export function isDegraded(succeeded: number, failed: number): boolean {
  const fetches = succeeded + failed
  return fetches >= FEW_FETCHES && succeeded < GOOD_SUCCESS * fetches
}
