export * from './monitor-server.js'
