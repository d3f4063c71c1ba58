import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { DataSource } from 'typeorm'
import { type TestDatabase, createTestDatabase } from '@obb/testing/postgres'
import { openDatabase } from '../database/index.js'
import { Documents } from './index.js'

const DAY = 24 * 3_600_000
const SHARE = 1000

let time = 0
let postgres: TestDatabase
let database: DataSource
let documents: Documents
let account: string

beforeAll(async () => {
  postgres = await createTestDatabase()
  database = await openDatabase(postgres.url)
  documents = new Documents(database, { now: () => time }, SHARE)
})
afterAll(async () => {
  await database.destroy()
  await postgres.drop()
})
beforeEach(async () => {
  time = Date.parse('2026-03-01T12:00:00Z')
  account = randomUUID()
  await database.query('INSERT INTO account (id, email, created_at) VALUES ($1::uuid, $1::text, now())', [
    account,
  ])
})

/** Text that gzip does not make smaller by much. */
const text = (bytes = 300) => randomBytes(bytes / 2).toString('hex')
const keep = async (content: string) => (await documents.keep(account, Buffer.from(content))).digest

describe('a document', () => {
  it('is kept once, whoever uploads it, and read as it was', async () => {
    const content = text()
    const uploads = Array.from({ length: 8 }, () => documents.keep(account, Buffer.from(content)))
    expect(new Set((await Promise.all(uploads)).map(({ digest }) => digest)).size).toBe(1)
    const again = await documents.keep(account, Buffer.from(content))
    expect(again.isNew).toBe(false)
    expect(await documents.read(again.digest)).toBe(content)
    expect(await documents.read('0'.repeat(64))).toBeUndefined()
  })

  it('is forgotten 30 days after its last use', async () => {
    const [used, unused] = [await keep(text()), await keep(text())]
    time += 29 * DAY
    await documents.read(used)
    time += DAY
    await documents.forgetOld()
    expect([await documents.read(used), await documents.read(unused)]).toEqual([
      expect.any(String),
      undefined,
    ])
  })

  it('makes room for later ones of its account beyond its share, the latest stays whatever its size', async () => {
    const kept: string[] = []
    for (let count = 0; count < 5; count++) {
      kept.push(await keep(text(500)))
      time += 1000
    }
    const there = await Promise.all(kept.map((digest) => documents.read(digest)))
    expect(there.map((each) => each !== undefined)).toEqual([false, false, true, true, true])
    const large = await keep(text(SHARE * 4))
    expect(await documents.read(large)).toBeDefined()
    expect(await documents.read(kept[4] ?? '')).toBeUndefined()
  })
})
