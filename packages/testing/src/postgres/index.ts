export * from './other-major.js'
export * from './test-database.js'
export { serverOn } from './server-on.js'
