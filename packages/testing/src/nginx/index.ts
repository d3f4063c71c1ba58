export * from './nginx.js'
