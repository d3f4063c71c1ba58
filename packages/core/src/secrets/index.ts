export * from './reseal.js'
export * from './sealed.js'
export * from './vault.js'
