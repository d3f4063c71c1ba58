export * from './host-breaker.js'
export * from './host-health.table.js'
