import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { type FakeHost, type TransferKnobs, patternContent } from '@obb/host-adapters/testing'
import { Installation } from './installation.js'

const SIZE = 10_000
const USERS = 40
const REQUESTS = 400
/** Requests from one termination to the next: continuous ones would let nothing through. */
const CALM = 10

let obb: Installation
let host: FakeHost<TransferKnobs>

beforeAll(async () => {
  obb = await Installation.start('embedded')
  host = await obb.addHost('RapidGator')
  await obb.startFetcher()
})

afterAll(async () => {
  await obb.close()
})

/** Ends what is in the midst of a transaction, as a restart of PostgreSQL or an impatient operator does. */
const terminateTransactions = () =>
  obb.database.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND state LIKE 'idle in transaction%'`,
  )

it('capped users who ask at once while their transactions are terminated are told to come back, never that OBB failed', async () => {
  const url = host.addFile({ name: 'asked-for.bin', content: patternContent(SIZE, 7) })
  const keys = await Promise.all(
    Array.from({ length: USERS }, async (_each, n) => {
      const user = {
        email: `capped${n}@example.test`,
        traffic: SIZE * REQUESTS,
        dailyPerHost: SIZE * REQUESTS,
      }
      return (await obb.admin('POST', '/users', user)).apiKey as string
    }),
  )
  // A stored file would be linked without a transaction that stays open between two statements.
  host.knobs.bytesPerSecond = SIZE / 500
  let left = REQUESTS
  const codes = new Set<number>()
  let terminated = 0
  const work = async (key: string): Promise<void> => {
    while (left > 0) {
      if (left-- % CALM === 0) terminated += (await terminateTransactions()).length
      const { code, body } = await obb.call(key, 'POST', '/unrestrict', { url })
      codes.add(code)
      // Otherwise the link of before is the answer, and nothing is charged.
      if (code === 200) codes.add((await obb.call(key, 'DELETE', `/link/${body.data.linkId}`)).code)
    }
  }
  await Promise.all(keys.map(work))
  expect(terminated).toBeGreaterThan(10)
  expect([...codes].sort()).toEqual([200, 503])
}, 240_000)
