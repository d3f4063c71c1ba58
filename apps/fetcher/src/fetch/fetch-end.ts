/** Another worker has the file: nothing is written about it any more. */
export const LOST = Symbol('another worker has the file')

/** The worker stops: the file is due for others at once. */
export const STOPPED = Symbol('the worker stops')
