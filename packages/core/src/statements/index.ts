export * from './lost-connections.js'
export * from './batch.js'
export * from './statement.js'
export * from './pool.js'
