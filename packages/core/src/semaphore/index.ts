export * from './semaphore.js'
export * from './shares.js'
