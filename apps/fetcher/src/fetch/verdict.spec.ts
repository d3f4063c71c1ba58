import { describe, expect, it } from '@jest/globals'
import { StoreError, type StoreErrorKind } from '@obb/core/storage'
import { HOST_ERROR_SCOPES, HostError, type HostErrorKind, NetworkFault } from '@obb/host-adapters'
import { QueryFailedError } from 'typeorm'
import { GAVE_WAY, LOST, STOPPED } from './fetch-end.js'
import { PoolRefusal } from './pool-refusal.js'
import { MAX_ATTEMPTS, MAX_WAIT_MS, judge } from './verdict.js'

const NOW = Date.UTC(2026, 7, 22)
const first = { file: { attempts: 0, wantedAt: new Date(NOW) }, gained: false }
const last = { file: { attempts: MAX_ATTEMPTS - 1, wantedAt: new Date(NOW) }, gained: false }
const old = { file: { attempts: 0, wantedAt: new Date(NOW - MAX_WAIT_MS - 1) }, gained: false }

/** TABLE tells what becomes of a file at its first attempt, and what of one whose attempts are used up. */
const TABLE: Record<HostErrorKind, [first: string, last: string]> = {
  BAD_URL: ['fail url_unsupported', 'fail url_unsupported'],
  FOLDER: ['fail folder_given', 'fail folder_given'],
  FILE_BLOCKED: ['fail file_blocked', 'fail file_blocked'],
  FILE_RESTRICTED: ['fail file_restricted', 'fail file_restricted'],
  FILE_PASSWORD_REQUIRED: ['fail password_required', 'fail password_required'],
  FILE_PASSWORD_WRONG: ['fail password_wrong', 'fail password_wrong'],
  FILE_GONE: ['wait 2 s, an attempt used', 'fail file_gone'],
  HOST_TEMP: ['wait 30 s', 'wait 30 s'],
  HOST_DOWN: ['wait 30 s', 'wait 30 s'],
  RATE_LIMITED: ['wait 30 s', 'wait 30 s'],
  // Errors of an account get here only when no other account is left: the attempt itself goes through the pool.
  ACCOUNT_QUOTA: ['fail pool_exhausted', 'fail pool_exhausted'],
  ACCOUNT_BUSY: ['fail pool_exhausted', 'fail pool_exhausted'],
  ACCOUNT_RATE: ['fail pool_exhausted', 'fail pool_exhausted'],
  EGRESS_BLOCKED: ['fail pool_exhausted', 'fail pool_exhausted'],
  ACCOUNT_INVALID: ['fail pool_exhausted', 'fail pool_exhausted'],
  ACCOUNT_NOT_PREMIUM: ['fail pool_exhausted', 'fail pool_exhausted'],
  ACCOUNT_NEEDS_HUMAN: ['fail pool_exhausted', 'fail pool_exhausted'],
  CAPABILITY_OFF: ['fail pool_exhausted', 'fail pool_exhausted'],
  CONFIG: ['fail pool_exhausted', 'fail pool_exhausted'],
  SESSION_EXPIRED: ['fail pool_exhausted', 'fail pool_exhausted'],
  LINK_EXPIRED: ['wait 2 s, an attempt used', 'fail host_unavailable'],
  CORRUPT: ['wait 2 s, an attempt used, from scratch', 'fail upstream_error'],
  TRUNCATED: ['wait 2 s, an attempt used', 'fail upstream_error'],
  SIZE_UNKNOWN: ['wait 2 s, an attempt used', 'fail size_unknown'],
  UNEXPECTED: ['wait 2 s, an attempt used', 'fail upstream_error'],
}

function read(error: unknown, attempted = first): string {
  const verdict = judge(error, attempted, NOW)
  if (verdict.end === 'fail') return `fail ${verdict.refusal.cause}`
  if (verdict.end !== 'wait') return verdict.end
  const words = [`wait ${(verdict.until - NOW) / 1000} s`]
  if (verdict.failedAttempt) words.push('an attempt used')
  if (verdict.restart) words.push('from scratch')
  return words.join(', ')
}

describe('the verdict on a host error', () => {
  it.each(Object.keys(HOST_ERROR_SCOPES) as HostErrorKind[])('%s is as the table says', (kind) => {
    expect([read(new HostError(kind, 'x')), read(new HostError(kind, 'x'), last)]).toEqual(TABLE[kind])
  })

  it('of a server that a user chose, and that is out of reach for an hour, is the end', () => {
    const wanted = (ms: number) => ({ file: { attempts: 0, wantedAt: new Date(NOW - ms) }, gained: false })
    const cause = new NetworkFault('ECONNREFUSED')
    const unreachable = new HostError('HOST_TEMP', 'x', { cause, elsewhere: true })
    expect(read(unreachable, wanted(3_600_000))).toBe('wait 30 s')
    expect(read(unreachable, wanted(3_600_001))).toBe('fail server_unreachable')
    expect(read(unreachable, { ...wanted(3_600_001), gained: true })).toBe('wait 30 s')
    for (const other of [{ cause }, { elsewhere: true }])
      expect(read(new HostError('HOST_TEMP', 'x', other), wanted(3_600_001))).toBe('wait 30 s')
  })

  it.each(['HOST_TEMP', 'HOST_DOWN', 'RATE_LIMITED'] as const)('%s waits until the time it names', (kind) => {
    expect(read(new HostError(kind, 'x', { retryAt: NOW + 1_800_000 }))).toBe('wait 1800 s')
    expect(read(new HostError(kind, 'x', { retryAt: NOW - 1 }))).toBe('wait 0 s')
  })

  it('gives a file up that a host keeps waiting for hours, unless parts of it came', () => {
    expect(read(new HostError('HOST_TEMP', 'x'), old)).toBe('fail host_unavailable')
    expect(read(new HostError('HOST_TEMP', 'x'), { ...old, gained: true })).toBe('wait 30 s')
  })

  it('does not wait for what no later try can change', () => {
    expect(read(new HostError('HOST_TEMP', 'x', { retryable: false }))).toBe('fail upstream_error')
    expect(read(new HostError('UNEXPECTED', 'certificate', { retryable: false }))).toBe('fail upstream_error')
  })

  it('counts no attempt that brought parts before the host broke off', () => {
    for (const kind of ['TRUNCATED', 'LINK_EXPIRED'] as const) {
      expect(read(new HostError(kind, 'x'), { ...last, gained: true })).toBe('wait 2 s')
    }
    expect(read(new HostError('CORRUPT', 'x'), { ...last, gained: true })).toBe('fail upstream_error')
  })

  it('pauses longer from attempt to attempt', () => {
    const pauses = [0, 1, 2, 3].map((attempts) => {
      return read(new HostError('TRUNCATED', 'x'), { ...first, file: { ...first.file, attempts } })
    })
    expect(pauses.map((text) => text.split(',')[0])).toEqual([
      'wait 2 s',
      'wait 10 s',
      'wait 30 s',
      'wait 60 s',
    ])
  })
})

describe('the verdict on our own side', () => {
  it.each([
    ['UNAVAILABLE', 'wait 10 s'],
    ['FULL', 'wait 10 s'],
    ['NO_SUCH_UPLOAD', 'wait 2 s, an attempt used, from scratch'],
    ['NO_SUCH_OBJECT', 'wait 2 s, an attempt used, from scratch'],
    ['INCOMPLETE', 'wait 2 s, an attempt used'],
    ['INVALID', 'wait 2 s, an attempt used'],
  ] as [StoreErrorKind, string][])('a store that says %s: %s', (kind, expected) => {
    expect(read(new StoreError(kind, 'x'))).toBe(expected)
  })

  it.each([
    [
      'a backend that was terminated',
      new QueryFailedError('SELECT', [], Object.assign(new Error('x'), { code: '57P01' })),
    ],
    [
      'a lost connection',
      new QueryFailedError('SELECT', [], new Error('Connection terminated unexpectedly')),
    ],
    ['nobody listening', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })],
    [
      'nobody listening on any address',
      new AggregateError([Object.assign(new Error(), { code: 'ECONNREFUSED' })]),
    ],
  ])('the database is away (%s): a short wait that uses no attempt', (_name, error) => {
    expect(read(error, last)).toBe('wait 1 s')
  })

  it('a mistake of ours is tried again a few times, then given up', () => {
    const mistake = new QueryFailedError('SELECT', [], Object.assign(new Error('x'), { code: '42P01' }))
    expect(read(mistake)).toBe('wait 2 s, an attempt used')
    expect(read(new TypeError('x'), last)).toBe('fail upstream_error')
  })

  it('a file that another worker has is left alone; one that a worker hands over is due at once', () => {
    expect(read(LOST, last)).toBe('lost')
    expect(read(STOPPED, last)).toBe('wait 0 s')
    expect(read(GAVE_WAY, last)).toBe('wait 10 s')
  })

  it('accounts: busy ones come back soon, exhausted ones at their time, none at all ends it', () => {
    expect(read(new PoolRefusal('busy', undefined))).toBe('wait 3 s')
    expect(read(new PoolRefusal('exhausted', NOW + 60_000), old)).toBe('wait 60 s')
    expect(read(new PoolRefusal('none', undefined))).toBe('fail pool_exhausted')
  })
})
