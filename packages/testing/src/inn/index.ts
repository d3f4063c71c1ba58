export * from './inn.js'
