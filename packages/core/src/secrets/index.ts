export * from './reseal.js'
export * from './sealed.js'
export * from './vault.js'
export * from './secrets.module.js'
