export * from './host-breaker.js'
export * from './host-health.table.js'
export * from './health.module.js'
