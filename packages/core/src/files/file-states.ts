/*
 * The states of a file, the transitions between them, and who may make them. `transitions/` has the statements; their
 * conditions are made of this table, so a transition from another state than those named here changes nothing.
 * Predicates are pairs: a function over a row that was read, and `…Sql`, the same as a condition over the table.
 */

/**
 * `idle`: known, nobody wants its bytes. `pending`: to be fetched from `nextAttemptAt` on. `downloading`:
 * leased by `worker` until `leaseUntil`. `done`: whole and verified. `error`: refused for good.
 */
export const FILE_STATES = ['idle', 'pending', 'downloading', 'done', 'error'] as const
export type FileState = (typeof FILE_STATES)[number]

/** `done` is two: the object lies in the store, or made room for others while links still lead to the file. */
export type FilePhase = Exclude<FileState, 'done'> | 'stored' | 'evicted'
export const FILE_PHASES = ['idle', 'pending', 'downloading', 'stored', 'evicted', 'error'] as const

/**
 * `worker`: any fetcher. `holder`: the fetcher that made the last claim, proven by its number. `account`: by a request
 * or the end of its link. `proxy`, `operator`: by a request to them. `sweep`: a fetcher, on nobody's behalf.
 */
export type Actor = 'worker' | 'holder' | 'account' | 'proxy' | 'operator' | 'sweep'

export interface Transition {
  from: readonly FilePhase[]
  /** Left out where the state stays. */
  to?: FileState
  by: Actor
}

/** Nobody fetches them, and nothing of them is stored. */
export const UNFETCHED = ['idle', 'error'] as const satisfies readonly FilePhase[]
export const FETCHING = ['pending', 'downloading'] as const satisfies readonly FilePhase[]
export const DONE = ['stored', 'evicted'] as const satisfies readonly FilePhase[]

export const TRANSITIONS = {
  /** Somebody wants the file, and nobody is fetching it. */
  want: { from: ['idle', 'error', 'evicted'], to: 'pending', by: 'account' },
  /** Somebody with a link asks for an evicted file. */
  refetchEvicted: { from: ['evicted'], to: 'pending', by: 'account' },
  /** A worker takes a file that is due: from another worker only once that one's lease is over. */
  claim: { from: FETCHING, to: 'downloading', by: 'worker' },
  renew: { from: ['downloading'], by: 'holder' },
  /** The workers that died over it got on: they were no reason to suspect it. */
  clear: { from: ['downloading'], by: 'holder' },
  /** It is tried while no other that workers died over is. */
  isolate: { from: ['downloading'], by: 'holder' },
  setUpload: { from: ['downloading'], by: 'holder' },
  recordGap: { from: ['downloading'], by: 'holder' },
  resize: { from: ['downloading'], by: 'holder' },
  /** More bytes of a file of unknown size have come than before. */
  grow: { from: ['downloading'], by: 'holder' },
  rename: { from: ['downloading'], by: 'holder' },
  recordDigest: { from: ['downloading'], by: 'holder' },
  finish: { from: ['downloading'], to: 'done', by: 'holder' },
  wait: { from: ['downloading'], to: 'pending', by: 'holder' },
  fail: { from: ['downloading'], to: 'error', by: 'holder' },
  /** The last link of a file that is not whole has ended. */
  abandon: { from: FETCHING, to: 'idle', by: 'account' },
  /** Its object is not in the store any more. */
  markMissing: { from: DONE, to: 'pending', by: 'proxy' },
  /** Makes room; links still lead to the file. */
  evict: { from: ['stored'], to: 'done', by: 'sweep' },
  /** No link leads to it. */
  forget: { from: DONE, to: 'idle', by: 'sweep' },
  block: { from: [...FETCHING, ...DONE], to: 'error', by: 'operator' },
  remove: { from: [...FETCHING, ...DONE], to: 'idle', by: 'operator' },
  unblock: { from: UNFETCHED, by: 'operator' },
  pin: { from: FILE_PHASES, by: 'operator' },
  touch: { from: FILE_PHASES, by: 'proxy' },
  /** The file's host has told something about it. */
  recordFacts: { from: UNFETCHED, by: 'worker' },
  recordRefusal: { from: UNFETCHED, by: 'worker' },
  /** Its host was asked, and has nothing else in its place, or did not tell. */
  confirm: { from: DONE, by: 'worker' },
  /** Its host has another one in its place. */
  supersede: { from: DONE, by: 'worker' },
  /** Its account wants to know whether its host has another one by now. */
  doubt: { from: DONE, by: 'account' },
  /** The last of its links, ended long ago, was deleted. */
  unlink: { from: UNFETCHED, by: 'sweep' },
  /** The same file by another link. */
  setUrl: { from: UNFETCHED, by: 'account' },
} as const satisfies Record<string, Transition>

export type TransitionName = keyof typeof TRANSITIONS

interface Stored {
  state: FileState
  objectKey: string | null
}

export function phaseOf({ state, objectKey }: Stored): FilePhase {
  if (state !== 'done') return state
  return objectKey === null ? 'evicted' : 'stored'
}

/** Its object made room for others; the row and its links are as before. */
export function isEvicted(file: Stored): boolean {
  return phaseOf(file) === 'evicted'
}

export function isIn(phases: readonly FilePhase[], file: Stored): boolean {
  return phases.includes(phaseOf(file))
}

export function isInSql(phases: readonly FilePhase[], alias: string): string {
  const states: string[] = phases.filter((phase) => phase !== 'stored' && phase !== 'evicted')
  const [stored, evicted] = [phases.includes('stored'), phases.includes('evicted')]
  if (stored && evicted) states.push('done')
  const known =
    states.length > 0 ? [`${alias}.state IN (${states.map((state) => `'${state}'`).join(', ')})`] : []
  if (stored !== evicted) {
    known.push(`${alias}.state = 'done' AND ${alias}.object_key IS ${stored ? 'NOT NULL' : 'NULL'}`)
  }
  return `(${known.join(' OR ')})`
}

/** Whether this transition is allowed from where the file is. */
export function allows(name: TransitionName, file: Stored): boolean {
  return isIn(TRANSITIONS[name].from, file)
}

interface Leased {
  state: FileState
  leaseUntil: Date | null
}

/** A worker has it and said so lately. `now`: epoch ms. */
export function isLeased({ state, leaseUntil }: Leased, now: number): boolean {
  return state === 'downloading' && leaseUntil !== null && leaseUntil.getTime() > now
}

export function isLeasedSql(alias: string, now: string): string {
  return `(${alias}.state = 'downloading' AND ${alias}.lease_until > ${now})`
}

/** A worker may take it: its time has come, or the worker that had it is gone. `now`: epoch ms. */
export function isDue(file: Leased & { nextAttemptAt: Date | null }, now: number): boolean {
  const { state, nextAttemptAt } = file
  if (state === 'pending') return nextAttemptAt !== null && nextAttemptAt.getTime() <= now
  return isLeft(file, now)
}

export function isDueSql(alias: string, now: string): string {
  return `(${alias}.state = 'pending' AND ${alias}.next_attempt_at <= ${now} OR ${isLeftSql(alias, now)})`
}

/** The worker that had it is gone. `now`: epoch ms. */
export function isLeft({ state, leaseUntil }: Leased, now: number): boolean {
  return state === 'downloading' && leaseUntil !== null && leaseUntil.getTime() <= now
}

export function isLeftSql(alias: string, now: string): string {
  return `(${alias}.state = 'downloading' AND ${alias}.lease_until <= ${now})`
}
