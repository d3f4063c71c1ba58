const callsOf = new WeakMap<AbortSignal, Set<() => void>>()

/**
 * Calls `stop` once when `signal` is aborted; what is returned takes that back. One listener per signal: where a
 * signal outlives thousands of calls, adding and removing as many listeners costs more than what they wait for.
 */
export function onAbort(signal: AbortSignal, stop: () => void): () => void {
  let calls = callsOf.get(signal)
  if (calls === undefined) {
    const all = (calls = new Set())
    callsOf.set(signal, all)
    signal.addEventListener('abort', () => all.forEach((call) => call()), { once: true })
  }
  const mine = calls
  mine.add(stop)
  return () => mine.delete(stop)
}
