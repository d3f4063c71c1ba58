export * from './config.js'
export * from './config-error.js'
export * from './environment.js'
export * from './units.js'
