import { describe, expect, it } from '@jest/globals'
import { type AccountInfo, type HostAdapter, type HostContext, HostError } from '@obb/host-adapters'
import { provenRefusal } from './proven-refusal.js'

const context = { now: () => 1000, signal: new AbortController().signal } as HostContext
const free = new HostError('ACCOUNT_NOT_PREMIUM', 'not premium')

/** What becomes of the refusal where the account's own check ends so. */
function proven(check: () => Promise<AccountInfo>): Promise<HostError> {
  return provenRefusal({ checkAccount: check } as unknown as HostAdapter, context, free)
}

describe('a refusal as not premium', () => {
  it('holds where the check of the account says the same', async () => {
    expect(await proven(() => Promise.resolve({ premium: false }))).toBe(free)
  })

  it('is a pause with an end where the check says that it is premium, or cannot tell', async () => {
    const pause = { kind: 'ACCOUNT_QUOTA', retryAt: 1000 + 30 * 60_000, cause: free }
    expect(await proven(() => Promise.resolve({ premium: true }))).toMatchObject(pause)
    expect(await proven(() => Promise.reject(new HostError('HOST_DOWN', 'down')))).toMatchObject(pause)
  })

  it('gives way to what the check is refused for', async () => {
    const wrong = new HostError('ACCOUNT_INVALID', 'wrong password')
    expect(await proven(() => Promise.reject(wrong))).toBe(wrong)
  })

  it('is believed of a platform without a check, and no other refusal is looked into', async () => {
    expect(await provenRefusal({} as HostAdapter, context, free)).toBe(free)
    const other = new HostError('ACCOUNT_INVALID', 'wrong password')
    expect(await provenRefusal({ checkAccount: fail } as unknown as HostAdapter, context, other)).toBe(other)
  })
})

function fail(): never {
  throw new Error('nobody asks')
}
