/** Injection tokens of what is no class. */
export const CLOCK = Symbol('Clock')
export const CONFIG = Symbol('Config')
export const LOG = Symbol('Log')
