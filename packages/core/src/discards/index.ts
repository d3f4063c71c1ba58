export * from './discarded-object.table.js'
export * from './discards.js'
