/* What an adapter raises. The client raises the same, so it stands below. */
export { HOST_ERROR_SCOPES, HostError } from '@obb/host-http'
export type { HostErrorKind, HostErrorOptions, HostErrorScope, HumanAction } from '@obb/host-http'
