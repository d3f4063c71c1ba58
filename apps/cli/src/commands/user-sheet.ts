import type { UserView } from '@obb/contracts'
import { bytesOr, formatBytes, sheet } from '../output.js'

export function userSheet(user: UserView): string {
  return sheet([
    ['id', user.id],
    ['email', user.email],
    ['state', user.state],
    ['role', user.role],
    ['traffic left', formatBytes(user.trafficLeft)],
    ['traffic granted', formatBytes(user.trafficMax)],
    ['per host and day', bytesOr(user.dailyPerHost, 'no cap')],
    ['host caps', hostCaps(user)],
    ['weight', user.weight],
    ['solo', user.solo],
    ['expires', user.expiresAt ?? 'never'],
    ['created', user.createdAt],
    ['errors as HTTP 200', user.errorsAs200],
    ['passkeys', user.passkeys],
    ['identities', user.identities],
  ])
}

export function hostCaps(user: UserView): string {
  return Object.entries(user.hostCaps)
    .map(([platform, bytes]) => `${platform} ${formatBytes(bytes)}`)
    .join(', ')
}
