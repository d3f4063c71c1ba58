export * from './levels.js'
export * from './levels.module.js'
export * from './pace.js'
