export * from './document.table.js'
export * from './documents.js'
export * from './documents.module.js'
