export type { Operation } from './exchange.js'
export type { Dialect } from './handler.js'
export type { Break, Faults, Strike } from './faults.js'
export { startS3, type S3Options, type S3Server, type S3Stats } from './server.js'
