export * from './walk.js'
