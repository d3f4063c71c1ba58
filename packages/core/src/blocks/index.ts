export * from './block-list.js'
export * from './block.table.js'
export * from './name-pattern.js'
export * from './revocation.js'
