export * from './config.js'
export * from './units.js'
