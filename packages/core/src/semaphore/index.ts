export * from './semaphore.js'
export * from './shared-amount.js'
export * from './shared-places.js'
