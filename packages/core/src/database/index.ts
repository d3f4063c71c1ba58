export * from './away.js'
export * from './database.js'
export * from './migrate.js'
export * from './roles.js'
