/** Injection tokens of what is no class. */
export const CLOCK = Symbol('Clock')
export const CONFIG = Symbol('Config')
export const HOST_HTTP = Symbol('HostHttp')
export const LOG = Symbol('Log')
export const STORE = Symbol('ObjectStore')
export const WORKER_ID = Symbol('WorkerId')
