export * from './policies.js'
export * from './test-database.js'
