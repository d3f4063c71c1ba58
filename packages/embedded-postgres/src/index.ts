export * from './cluster.js'
export * from './server.js'
