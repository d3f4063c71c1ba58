import { describe, expect, it } from '@jest/globals'
import type { RefusalCause } from '@obb/contracts'
import { HOST_ERROR_SCOPES, HostError, type HostErrorKind, NetworkFault } from '@obb/host-adapters'
import { hostRefusalOf } from './refusal.js'

const NOW = Date.parse('2026-03-01T12:00:00Z')
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

const TABLE: [HostErrorKind, RefusalCause, number][] = [
  ['BAD_URL', 'url_unsupported', 10 * MINUTE],
  ['FOLDER', 'folder_given', 10 * MINUTE],
  ['FILE_BLOCKED', 'file_blocked', DAY],
  ['FILE_RESTRICTED', 'file_restricted', 60 * MINUTE],
  ['FILE_PASSWORD_REQUIRED', 'password_required', 10 * MINUTE],
  ['FILE_PASSWORD_WRONG', 'password_wrong', 10 * MINUTE],
  ['FILE_GONE', 'file_gone', 10 * MINUTE],
  ['HOST_TEMP', 'host_unavailable', MINUTE],
  ['HOST_DOWN', 'host_unavailable', MINUTE],
  ['RATE_LIMITED', 'host_unavailable', MINUTE],
  ['LINK_EXPIRED', 'host_unavailable', MINUTE],
  ['CORRUPT', 'upstream_error', MINUTE],
  ['TRUNCATED', 'upstream_error', MINUTE],
  ['SIZE_UNKNOWN', 'size_unknown', 10 * MINUTE],
  ['UNEXPECTED', 'upstream_error', MINUTE],
]
const kinds = Object.keys(HOST_ERROR_SCOPES) as HostErrorKind[]
const ofAccounts = kinds.filter((kind) => HOST_ERROR_SCOPES[kind] === 'account')

describe('what a client sees of a refusal of a host', () => {
  it('is laid down for every kind', () => {
    expect([...TABLE.map(([kind]) => kind), ...ofAccounts].sort()).toEqual([...kinds].sort())
  })

  it.each(TABLE)('%s is %s, remembered for %i ms', (kind, cause, memory) => {
    expect(hostRefusalOf(new HostError(kind, 'text'), NOW)).toEqual({ cause, until: NOW + memory })
  })

  it.each(ofAccounts)('%s is the pool’s affair, and forgotten within seconds whatever its time', (kind) => {
    const error = new HostError(kind, 'text', { retryAt: NOW + DAY })
    expect(hostRefusalOf(error, NOW)).toEqual({ cause: 'pool_exhausted', until: NOW + 5_000 })
  })

  it('is that a server cannot be reached where that is so for an hour, of an address that a user chose', () => {
    const cause = new NetworkFault('ECONNRESET')
    const error = new HostError('HOST_TEMP', 'text', { cause, elsewhere: true })
    const after = (ms: number, of = error) => hostRefusalOf(of, NOW, NOW - ms)
    expect(after(60 * MINUTE).cause).toBe('host_unavailable')
    expect(after(60 * MINUTE + 1)).toEqual({ cause: 'server_unreachable', until: NOW + 10 * MINUTE })
    expect(after(DAY, new HostError('HOST_TEMP', 'text', { cause })).cause).toBe('host_unavailable')
    expect(after(DAY, new HostError('HOST_TEMP', 'HTTP 503', { elsewhere: true })).cause).toBe(
      'host_unavailable',
    )
  })

  it('is that of the site where an NZB is not given, soon asked again: other links to the file may be better', () => {
    const error = new HostError('FILE_RESTRICTED', 'text', { elsewhere: true })
    expect(hostRefusalOf(error, NOW)).toEqual({ cause: 'nzb_refused', until: NOW + MINUTE })
  })

  it('is an upstream error where no later try can help', () => {
    const error = new HostError('HOST_TEMP', 'bad certificate', { retryable: false })
    expect(hostRefusalOf(error, NOW).cause).toBe('upstream_error')
  })

  it.each([
    ['earlier than its memory', 7_000, 7_000],
    ['at once', 1, 1_000],
    ['later than its memory', 5 * MINUTE, 5 * MINUTE],
    ['absurdly late', 400 * DAY, DAY],
    ['over already', -DAY, MINUTE],
  ])('is remembered until the time that the host named, within bounds: %s', (_, named, memory) => {
    const error = new HostError('HOST_DOWN', 'text', { retryAt: NOW + named })
    expect(hostRefusalOf(error, NOW).until).toBe(NOW + memory)
  })
})
