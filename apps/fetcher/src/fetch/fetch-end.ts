/** Another worker has the file: nothing is written about it any more. */
export const LOST = Symbol('another worker has the file')

/** It crawled while another one waited for its slot: it goes on later. */
export const GAVE_WAY = Symbol('it crawls, and gives way')

/** The worker stops: the file is due for others at once. */
export const STOPPED = Symbol('the worker stops')

/** Workers died over the file, and another such file runs here: it waits its turn. */
export const SUSPECT = Symbol('a file over which workers died waits for another')
