export * from './account.table.js'
export * from './accounts.js'
export * from './api-key.table.js'
export * from './key.js'
