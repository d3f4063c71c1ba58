export * from './folder.table.js'
export * from './folders.js'
