export * from './clock.js'
export * from './database-clock.js'
