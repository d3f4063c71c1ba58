import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { randomBytes, randomUUID } from 'node:crypto'
import type { DataSource } from 'typeorm'
import type { Caller } from '../accounts/index.js'
import { systemClock } from '../clock/index.js'
import { Files } from '../files/index.js'
import { Link } from '../links/index.js'
import { AccountPool } from '../pool/index.js'
import { Vault } from '../secrets/index.js'
import { TestDatabase, aPolicy } from '../testing/index.js'
import { Admission } from './index.js'

/* In one process admissions of an account wait for each other in memory; between processes only rows hold them apart. */
const PROCESSES = 3

let db: TestDatabase
let database: DataSource
let admissions: Admission[]
let caller: Caller

beforeAll(async () => {
  db = await TestDatabase.open()
  database = db.source
  const vault = new Vault(randomBytes(32))
  admissions = Array.from({ length: PROCESSES }, () => {
    const files = new Files(database, systemClock, vault)
    return new Admission(
      database,
      systemClock,
      files,
      new AccountPool(database, systemClock, vault),
      86_400_000,
    )
  })
  caller = await db.anAccount()
})
afterAll(() => db.close())

describe('several gateways', () => {
  it('fill an account’s slots together and no further', async () => {
    for (let round = 0; round < 10; round++) {
      const platform = randomUUID()
      const policy = aPolicy({ platform, maxDownloads: 2, maxQueued: 0, manifest: { catchAll: true } })
      const files = await Promise.all(Array.from({ length: 6 }, () => db.aFile({ platform })))
      const outcomes = await Promise.allSettled(
        files.map(({ id: fileId }, index) =>
          admissions[index % PROCESSES]?.admit({ caller, fileId, hostDomain: 'sample.test', policy }),
        ),
      )
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2)
    }
  })

  it('make one link of one request that is sent to all of them', async () => {
    for (let round = 0; round < 10; round++) {
      const platform = randomUUID()
      const { id: fileId } = await db.aFile({ platform })
      const policy = aPolicy({ platform, maxDownloads: 2, maxQueued: 0, manifest: { catchAll: true } })
      const made = await Promise.all(
        admissions.map((each) => each.admit({ caller, fileId, hostDomain: 'sample.test', policy })),
      )
      expect(new Set(made.map(({ linkId }) => linkId)).size).toBe(1)
      expect(made.filter(({ reused }) => !reused)).toHaveLength(1)
      expect(await database.manager.countBy(Link, { fileId })).toBe(1)
    }
  })
})
