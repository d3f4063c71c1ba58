export * from './folder.table.js'
export * from './folders.js'
export * from './folders.module.js'
