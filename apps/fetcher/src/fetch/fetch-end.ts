/** Another worker has the file: nothing is written about it any more. */
export const LOST = Symbol('another worker has the file')

/** The worker stops: the file is due for others at once. */
export const STOPPED = Symbol('the worker stops')

/** Workers died over the file, and another such file runs here: it waits its turn. */
export const SUSPECT = Symbol('a file over which workers died waits for another')
