export * from './stack.js'
