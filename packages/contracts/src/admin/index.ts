/** The admin API, version 1: what operators (through `./obb` or a portal) read and change. */
export * from './blocks.js'
export { removedSchema, type Removed } from './fields.js'
export * from './files.js'
export * from './host-accounts.js'
export * from './hosts.js'
export * from './secrets.js'
export * from './store.js'
export * from './users.js'
