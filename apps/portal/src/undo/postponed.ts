import { useSyncExternalStore } from 'react'

/** For so long something may be taken back, ms. */
export const UNDO_MS = 5_000

/** What was asked for and is not done yet. */
export interface Postponed {
  id: number
  /** What will have happened, in a sentence. */
  text: string
  /** Rows that are shown as gone already. */
  keys: ReadonlySet<string>
  /** Why it was not done after all. */
  failure?: unknown
}

interface Waiting extends Postponed {
  commit: () => Promise<void>
  timer: ReturnType<typeof setTimeout> | undefined
}

let waiting: readonly Waiting[] = []
let hidden: ReadonlySet<string> = new Set()
let lastId = 0
const listeners = new Set<() => void>()

function show(next: readonly Waiting[]): void {
  waiting = next
  hidden = new Set(next.filter(({ failure }) => failure === undefined).flatMap(({ keys }) => [...keys]))
  for (const listener of listeners) listener()
}

/**
 * postpone has something done in five seconds, unless it is taken back by then; at once where the page is left. Until
 * then the rows with these keys are hidden; where it fails they are there again, and it is told why. Gives its id.
 */
export function postpone(text: string, keys: Iterable<string>, commit: () => Promise<void>): number {
  const id = ++lastId
  show([...waiting, { id, text, keys: new Set(keys), commit, timer: timerOf(id) }])
  return id
}

const timerOf = (id: number) => setTimeout(() => void commitOne(id), UNDO_MS)

/** commitOne does it without waiting any longer. */
export async function commitOne(id: number): Promise<void> {
  const one = waiting.find((each) => each.id === id)
  if (!one || one.failure !== undefined) return
  clearTimeout(one.timer)
  try {
    await one.commit()
    show(waiting.filter((each) => each.id !== id))
  } catch (failure) {
    show(waiting.map((each) => (each.id === id ? { ...each, failure } : each)))
  }
}

/** takeBack leaves undone what is still waiting, and forgets what has failed. */
export function takeBack(id: number): void {
  clearTimeout(waiting.find((each) => each.id === id)?.timer)
  show(waiting.filter((each) => each.id !== id))
}

/** hold keeps it from being done while somebody looks at it; `letGo` gives it the whole time again. */
export function hold(id: number): void {
  clearTimeout(waiting.find((each) => each.id === id)?.timer)
}

export function letGo(id: number): void {
  show(
    waiting.map((each) => {
      if (each.id !== id || each.failure !== undefined) return each
      clearTimeout(each.timer)
      return { ...each, timer: timerOf(id) }
    }),
  )
}

/** commitAll does at once whatever waits: before the page is left, and before one signs out. */
export async function commitAll(): Promise<void> {
  await Promise.all(waiting.map(({ id }) => commitOne(id)))
}

globalThis.addEventListener?.('pagehide', () => void commitAll())

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const usePostponed = (): readonly Postponed[] => useSyncExternalStore(subscribe, () => waiting)

/** Keys of rows that are about to be gone. */
export const useHidden = (): ReadonlySet<string> => useSyncExternalStore(subscribe, () => hidden)
