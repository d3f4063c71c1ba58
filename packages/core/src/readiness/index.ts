export * from './fault-fields.js'
export * from './probes.js'
export * from './readiness.js'
export * from './readiness.module.js'
