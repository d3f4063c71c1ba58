import { useSyncExternalStore } from 'react'

/** How old a time in words may be, ms. */
const TICK_MS = 30_000

let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined
const listeners = new Set<() => void>()

function listen(listener: () => void): () => void {
  now = Date.now()
  timer ??= setInterval(() => {
    now = Date.now()
    for (const each of listeners) each()
  }, TICK_MS)
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** useNow is the time, epoch ms, twice a minute: one clock for all that is told in words. */
export const useNow = (): number => useSyncExternalStore(listen, () => now)
