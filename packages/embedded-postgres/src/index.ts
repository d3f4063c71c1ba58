export * from './cluster.js'
export { serverIdentity } from './identity.js'
export * from './server.js'
