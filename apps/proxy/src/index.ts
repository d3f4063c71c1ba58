export { createProxyApp } from './app.js'
export type { ProxyParts } from './app.module.js'
