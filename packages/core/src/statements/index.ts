export * from './batch.js'
export * from './statement.js'
