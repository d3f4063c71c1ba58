export * from './semaphore.js'
