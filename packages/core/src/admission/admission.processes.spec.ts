import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { randomBytes, randomUUID } from 'node:crypto'
import type { DataSource } from 'typeorm'
import { type TestDatabase, createTestDatabase } from '@obb/testing/postgres'
import { Accounts, type Caller } from '../accounts/index.js'
import { systemClock } from '../clock/index.js'
import { openDatabase } from '../database/index.js'
import { Files, SourceFile } from '../files/index.js'
import type { HostPolicy } from '../hosts/index.js'
import { Link } from '../links/index.js'
import { AccountPool } from '../pool/index.js'
import { Vault } from '../secrets/index.js'
import { Admission } from './index.js'

/* In one process admissions of an account wait for each other in memory; between processes only rows hold them apart. */
const PROCESSES = 3

let postgres: TestDatabase
let database: DataSource
let admissions: Admission[]
let caller: Caller

beforeAll(async () => {
  postgres = await createTestDatabase()
  database = await openDatabase(postgres.url)
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
  const account = { email: 'a@a.test', traffic: 100_000, dailyPerHost: null, expiresAt: null }
  const { apiKey } = await new Accounts(database, systemClock).create(account)
  caller = (await new Accounts(database, systemClock).byKey(apiKey)) as Caller
})
afterAll(async () => {
  await database.destroy()
  await postgres.drop()
})

async function newFile(platform: string): Promise<string> {
  const id = randomUUID()
  const at = new Date()
  await database.manager.insert(SourceFile, {
    ...{ id, platform, hostFileId: id, canonicalUrl: 'https://sample.test/', name: 'a.bin', size: 100 },
    ...{ checkedAt: at, createdAt: at, updatedAt: at },
  })
  return id
}

function policyOf(platform: string, maxDownloads: number): HostPolicy {
  return {
    ...{
      platform,
      maxDownloads,
      maxQueued: 0,
      adapter: { manifest: { needsAccount: false, catchAll: true } },
    },
  } as unknown as HostPolicy
}

describe('several gateways', () => {
  it('fill an account’s slots together and no further', async () => {
    for (let round = 0; round < 10; round++) {
      const platform = randomUUID()
      const policy = policyOf(platform, 2)
      const files = await Promise.all(Array.from({ length: 6 }, () => newFile(platform)))
      const outcomes = await Promise.allSettled(
        files.map((fileId, index) =>
          admissions[index % PROCESSES]?.admit({ caller, fileId, hostDomain: 'sample.test', policy }),
        ),
      )
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2)
    }
  })

  it('make one link of one request that is sent to all of them', async () => {
    for (let round = 0; round < 10; round++) {
      const platform = randomUUID()
      const fileId = await newFile(platform)
      const policy = policyOf(platform, 2)
      const made = await Promise.all(
        admissions.map((each) => each.admit({ caller, fileId, hostDomain: 'sample.test', policy })),
      )
      expect(new Set(made.map(({ linkId }) => linkId)).size).toBe(1)
      expect(made.filter(({ reused }) => !reused)).toHaveLength(1)
      expect(await database.manager.countBy(Link, { fileId })).toBe(1)
    }
  })
})
