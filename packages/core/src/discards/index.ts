export * from './discarded-object.table.js'
export * from './discards.js'
export * from './discards.module.js'
