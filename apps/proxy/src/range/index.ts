export * from './decide.js'
export { formatHttpDate } from './http-date.js'
export { MAX_RANGES } from './byte-ranges.js'
