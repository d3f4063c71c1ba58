import { beforeEach, describe, expect, it } from '@jest/globals'
import type { HostBreaker } from '@obb/core/health'
import { openLog } from '@obb/core/log'
import type { AccountPool, PooledAccount } from '@obb/core/pool'
import { HostError } from '@obb/host-adapters'
import type { KnownFile } from './file-ref.js'
import type { HostAccess } from './host-access.js'
import { HostInquiry } from './host-inquiry.js'

const known = { policy: { platform: 'A', adapter: { manifest: {} } }, secrets: {} } as unknown as KnownFile
let accounts: string[]
let told: unknown[]

const pool = {
  pick: (_platform, exclude) => {
    const id = accounts.find((one) => !exclude.includes(one))
    return Promise.resolve(id === undefined ? undefined : ({ id } as PooledAccount))
  },
  setAside: (id, { kind }) => Promise.resolve(void told.push([id, kind])),
} as Pick<AccountPool, 'pick' | 'setAside'> as AccountPool
const breaker = {
  enter: () => Promise.resolve({ pass: true, probe: true }),
  leave: () => Promise.resolve(void told.push('not asked')),
  answered: () => Promise.resolve(void told.push('answered')),
  refused: (_platform, { kind }) => Promise.resolve(void told.push(kind)),
} as Partial<HostBreaker> as HostBreaker
const access = { context: () => ({}) } as unknown as HostAccess
const inquiry = new HostInquiry(pool, access, breaker, openLog('fetcher', 'silent'))
const ask = (question: () => Promise<string>) =>
  inquiry.ask(known, true, new AbortController().signal, question)

beforeEach(() => {
  told = []
})

describe('a question to a host', () => {
  it('goes on with the next account, and ends in what the last one was refused for', async () => {
    accounts = ['one', 'two']
    const refusals = [new HostError('ACCOUNT_INVALID', 'no'), new HostError('ACCOUNT_QUOTA', 'used up')]
    await expect(ask(() => Promise.reject(refusals.shift() as HostError))).rejects.toMatchObject({
      kind: 'ACCOUNT_QUOTA',
    })
    expect(told).toEqual([['one', 'ACCOUNT_INVALID'], ['two', 'ACCOUNT_QUOTA'], 'ACCOUNT_QUOTA'])
  })

  it('that nobody could ask says nothing of the host', async () => {
    accounts = []
    await expect(ask(() => Promise.resolve('unasked'))).rejects.toMatchObject({ kind: 'ACCOUNT_BUSY' })
    expect(told).toEqual(['not asked'])
  })
})
