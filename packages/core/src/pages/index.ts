export * from './stretch.js'
