export { createProxy } from './create-proxy.js'
export type { ProxyParts } from './app.module.js'
export { startProxy } from './start.js'
