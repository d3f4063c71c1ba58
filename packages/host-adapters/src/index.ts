export type * from './kit/adapter.js'
export { credentialsOf, enteredBy } from './kit/credentials.js'
export * from './kit/errors.js'
export {
  AddressGuard,
  NetworkFault,
  Pace,
  PacePerHostname,
  createHostHttp,
  isPage,
  networkCode,
  pacedHttp,
  parseProxyUrl,
  parseRetryAfter,
  proxyLabel,
  publicUrl,
  quotable,
  retryingHttp,
} from '@obb/host-http'
export type {
  AddressGuardOptions,
  BodyReader,
  HostDownload,
  HostHttp,
  HostHttpOptions,
  HostRequest,
  HostResponse,
  HostStream,
  OwnedHostHttp,
  PaceClock,
  ProxyEndpoint,
  ResolvedAddress,
  Resolver,
  SocketTarget,
  Turnstile,
} from '@obb/host-http'
export type { DocumentOrder, DocumentOutcome } from './documents.js'
export { dispositionName } from './kit/fields/disposition.js'
export { bytesOf } from './kit/fields/numbers.js'
export { isPastMending } from './kit/gaps.js'
export type { Gaps } from './kit/gaps.js'
export { bareHostname } from './kit/hostname.js'
export { MAX_EXPANDED_LINKS, SOURCE_ALIGNMENT } from './kit/limits.js'
export { wordsOf } from './kit/refusal-rules.js'
export { mayRefuseRange } from './kit/range-refusal.js'
export { checksWithAccount, ownsNoDomain } from './kit/manifest.js'
export { hostsDocument, withHostsList } from './kit/matrix.js'
export type * from './kit/manifest.js'
export { cookieHeader, cookiesIn } from './kit/session/cookie-text.js'
export { resolveOrigin } from './kit/origin.js'
export { MAX_FILE_ID_BYTES, createRegistry, loadRegistry } from './kit/registry.js'
export type { DomainChanges, HostMatch, HostRegistry, MatchedRef } from './kit/registry.js'
export type * from './kit/session/session-store.js'
export type * from './kit/source.js'
