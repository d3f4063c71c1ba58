export * from './exposition.js'
export * from './instruments.js'
export * from './monitor-server.js'
export * from './request-metrics.js'
