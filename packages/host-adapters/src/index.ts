export type * from './adapter.js'
export { credentialsOf } from './credentials.js'
export * from './errors.js'
export type * from './fake.js'
export { contentBytes, contentDigest, fileContent, patternContent } from './fake/content.js'
export type { ApiKnobs } from './fake/api-knobs.js'
export type { CannedAnswer } from './fake/fake-server.js'
export type { TransferKnobs } from './fake/transfer.js'
export { AddressGuard } from './http/address-guard.js'
export type { AddressGuardOptions, ResolvedAddress, Resolver } from './http/address-guard.js'
export { createHostHttp } from './http/create-host-http.js'
export type { HostHttpOptions, OwnedHostHttp } from './http/create-host-http.js'
export { bytesOf } from './fields/numbers.js'
export { dispositionName } from './http/disposition.js'
export { parseRetryAfter } from './http/fields.js'
export type {
  BodyReader,
  HostDownload,
  HostHttp,
  HostRequest,
  HostResponse,
  HostStream,
  SocketTarget,
} from './http/host-http.js'
export { NetworkFault, networkCode } from './http/network-fault.js'
export { Pace, PacePerHostname, pacedHttp } from './http/pace.js'
export type { PaceClock } from './http/pace.js'
export { isPage } from './http/page.js'
export { parseProxyUrl, proxyLabel } from './http/proxy-url.js'
export type { ProxyEndpoint } from './http/proxy-url.js'
export { retryingHttp } from './http/retry.js'
export { publicUrl } from './http/url.js'
export { MAX_EXPANDED_LINKS, SOURCE_ALIGNMENT } from './limits.js'
export { checksWithAccount, ownsNoDomain } from './manifest.js'
export { hostsDocument, withHostsList } from './matrix.js'
export type * from './manifest.js'
export { resolveOrigin } from './origin.js'
export { createRegistry, loadFake, loadRegistry } from './registry.js'
export type { DomainChanges, HostMatch, HostRegistry } from './registry.js'
export type * from './session/session-store.js'
export type * from './source.js'
