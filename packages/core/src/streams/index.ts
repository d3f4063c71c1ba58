export { Proxy, type StreamOfProxy } from './proxy.table.js'
export * from './streams.js'
export * from './streams.module.js'
