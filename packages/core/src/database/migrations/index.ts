import { Initial1764000000000 } from './1764000000000-initial.js'

/** In order; a released migration is never changed. */
export const migrations = [Initial1764000000000]
