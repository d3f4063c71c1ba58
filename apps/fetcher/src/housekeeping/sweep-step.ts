/** A step of a sweep: what a log line calls it, and its work, which may fail. */
export type SweepStep = readonly [what: string, work: () => Promise<unknown>]
