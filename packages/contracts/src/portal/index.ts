export * from './keys.js'
export * from './traffic.js'
