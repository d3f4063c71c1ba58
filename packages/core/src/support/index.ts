export * from './support.js'
export * from './support.module.js'
