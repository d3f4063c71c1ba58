export * from './linear.js'
