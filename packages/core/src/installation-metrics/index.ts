export * from './installation-metrics.js'
export * from './installation-metrics.module.js'
