export * from './quarantine.js'
export * from './quarantine.module.js'
