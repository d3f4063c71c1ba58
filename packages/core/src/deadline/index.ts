export * from './deadline.js'
