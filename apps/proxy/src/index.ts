export { createProxy } from './create-proxy.js'
export { PortsModule, type ProxyParts } from './ports.module.js'
export { startProxy } from './start.js'
