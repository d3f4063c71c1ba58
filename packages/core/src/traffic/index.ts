export * from './traffic-entry.table.js'
export * from './traffic-ledger.js'
