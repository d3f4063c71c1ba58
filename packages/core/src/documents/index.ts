export * from './document.table.js'
export * from './documents.js'
