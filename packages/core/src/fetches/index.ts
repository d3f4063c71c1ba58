export * from './fetches.js'
