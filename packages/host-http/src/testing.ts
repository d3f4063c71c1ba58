/* Proxies and a certificate for tests; no process that serves users imports this. */
export { cert, key } from './fake/certificate.js'
export { startHttpProxy, startSocksProxy } from './fake/proxy.js'
export type { FakeProxy, FakeProxyOptions } from './fake/proxy.js'
