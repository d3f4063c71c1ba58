/**
 * A step of a sweep: what a log line calls it, and one batch of its work, which may fail. A batch is small, whatever is
 * stored or waits; true says that there is more to do now.
 */
export type SweepStep = readonly [what: string, work: () => Promise<boolean | void>]
