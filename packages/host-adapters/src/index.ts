export type * from './kit/adapter.js'
export { credentialsOf } from './kit/credentials.js'
export * from './kit/errors.js'
export { AddressGuard } from './http/address-guard.js'
export type { AddressGuardOptions, ResolvedAddress, Resolver } from './http/address-guard.js'
export { createHostHttp } from './http/create-host-http.js'
export type { HostHttpOptions, OwnedHostHttp } from './http/create-host-http.js'
export { bytesOf } from './kit/fields/numbers.js'
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
export { bareHostname } from './kit/hostname.js'
export { MAX_EXPANDED_LINKS, SOURCE_ALIGNMENT } from './kit/limits.js'
export { checksWithAccount, ownsNoDomain } from './kit/manifest.js'
export { hostsDocument, withHostsList } from './kit/matrix.js'
export type * from './kit/manifest.js'
export { resolveOrigin } from './kit/origin.js'
export { createRegistry, loadRegistry } from './kit/registry.js'
export type { DomainChanges, HostMatch, HostRegistry, MatchedRef } from './kit/registry.js'
export type * from './kit/session/session-store.js'
export type * from './kit/source.js'
