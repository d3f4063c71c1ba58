export * from './block.table.js'
