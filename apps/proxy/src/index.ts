export { createProxyApp } from './app.js'
export type { ProxyParts } from './app.module.js'
export { startProxy } from './start.js'
