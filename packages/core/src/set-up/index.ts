export * from './set-up.js'
export * from './set-up.module.js'
export * from './set-up.table.js'
