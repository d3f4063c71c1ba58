export { LOG } from '@obb/core/log'
export { OBJECT_STORE } from '@obb/core/storage'

/*
 * Injection tokens of what the proxy is given: everything it knows of the world.
 */
export const DOWNLOADS = Symbol('Downloads')
/** StoreFacts. */
export const STORE_FACTS = Symbol('StoreFacts')
/** CLOCK is the time that clients are told: this machine's, whatever the database says. */
export const CLOCK = Symbol('Clock')
export const TIMING = Symbol('Timing')
/** ConnectionCap of this process. */
export const CONNECTION_CAP = Symbol('ConnectionCap')
/** OffloadMode. */
export const OFFLOAD = Symbol('Offload')
/** Where the streams of this process are told: `report` and `leave` of core's Streams. */
export const STREAMS = Symbol('Streams')
/** Whether files that are being fetched are served to everybody, not only to who asks with `stream=1`. */
export const SERVE_WHILE_FETCHING = Symbol('ServeWhileFetching')

/** The part of a pino logger that is used here. */
export interface Log {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Bounds on waiting, in ms. Sending to a slow client is bounded by nothing but its own disconnect. */
export interface Timing {
  /** Looking a link up. */
  lookup: number
  /** Opening an object, and silence of the store while the client waits for bytes. */
  store: number
  /** For the first byte of a range that is still being fetched, before its answer begins. */
  arrival: number
  /** Without anything new of a file that is being fetched, amid an answer. */
  fetchStall: number
  /** Between two looks at what has arrived. */
  look: number
  /** For a place among the connections of one link; clients give up after 60 s without a byte. */
  place: number
  /** Waits before each new attempt at a store that failed in the middle of an object. */
  reopen: readonly number[]
  /** The store and the database in a health check. */
  health: number
  /** On shutdown: how long downloads may go on, and then how long their last bytes may take. */
  drain: number
  flush: number
}

export const TIMINGS: Timing = {
  lookup: 10_000,
  store: 20_000,
  arrival: 30_000,
  fetchStall: 60_000,
  look: 500,
  place: 30_000,
  reopen: [50, 200, 500, 1_000, 2_000],
  health: 2_000,
  drain: 5_500,
  flush: 1_000,
}
