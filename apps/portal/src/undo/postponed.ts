import { useSyncExternalStore } from 'react'

/** For so long something may be taken back, ms. */
export const UNDO_MS = 5_000

/** So many rows go at once when the page is left; more are done without a way back. */
export const UNDOABLE = 50

/** What was asked for and is not done yet. */
interface Postponed {
  id: number
  /** What will have happened, in a sentence. */
  text: string
  /** Rows that are shown as gone already. */
  keys: ReadonlySet<string>
  /** Until it is done: from its beginning on nobody takes it back. */
  running?: Promise<void> | undefined
  /** Why it was not done after all. */
  failure?: unknown
}

interface Waiting extends Postponed {
  commit: () => Promise<void>
  timer: ReturnType<typeof setTimeout> | undefined
}

/** So many of several rows are as they were. `cause`: why the first of them is. */
export class SomeFailed extends Error {
  override readonly name = 'SomeFailed'

  constructor(
    readonly failed: number,
    readonly count: number,
    cause: unknown,
  ) {
    super(`${failed} of ${count} failed`, { cause })
  }
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

const find = (id: number) => waiting.find((each) => each.id === id)
const drop = (id: number) => show(waiting.filter((each) => each.id !== id))
const change = (id: number, now: Partial<Waiting>) =>
  show(waiting.map((each) => (each.id === id ? { ...each, ...now } : each)))

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

/** commitOne does it without waiting any longer, once; where it has begun, its end is waited for. */
export async function commitOne(id: number): Promise<void> {
  const one = find(id)
  if (!one || !isOpen(one)) return one?.running
  clearTimeout(one.timer)
  const running = one.commit().then(
    () => drop(id),
    (failure: unknown) => change(id, { running: undefined, failure }),
  )
  change(id, { running })
  return running
}

/** Whether it is neither begun nor failed. */
const isOpen = ({ running, failure }: Postponed) => running === undefined && failure === undefined

/** latestOpen is the newest of them that can still be taken back. */
export const latestOpen = (all: readonly Postponed[]): Postponed | undefined => all.findLast(isOpen)

/** takeBack leaves undone what is still waiting, and forgets what has failed. */
export function takeBack(id: number): void {
  const one = find(id)
  if (!one || one.running) return
  clearTimeout(one.timer)
  drop(id)
}

/** hold keeps it from being done while somebody looks at it; `letGo` gives it the whole time again. */
export function hold(id: number): void {
  clearTimeout(find(id)?.timer)
}

export function letGo(id: number): void {
  const one = find(id)
  if (!one || !isOpen(one)) return
  clearTimeout(one.timer)
  change(id, { timer: timerOf(id) })
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
