export * from './semaphore.js'
export * from './shared-places.js'
export * from './shares.js'
