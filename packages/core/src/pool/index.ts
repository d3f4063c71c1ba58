export * from './account-pool.js'
export * from './host-account.table.js'
export * from './pg-sessions.js'
export * from './pool-lease.table.js'
