import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { type TestDatabase, createTestDatabase } from '@obb/testing/postgres'
import type { DataSource } from 'typeorm'
import { openDatabase } from '../database/index.js'
import { HashStates, SourceFile } from './index.js'

let postgres: TestDatabase
let database: DataSource
let states: HashStates

beforeAll(async () => {
  postgres = await createTestDatabase()
  database = await openDatabase(postgres.url)
  states = new HashStates(database)
})
afterAll(async () => {
  await database.destroy()
  await postgres.drop()
})

it('keeps the last state of a file for its upload, from the worker that has it, until the upload is over', async () => {
  const id = randomUUID()
  const at = new Date()
  await database.manager.insert(SourceFile, {
    ...{ id, platform: 'Sample', hostFileId: id, canonicalUrl: `https://sample.test/${id}`, name: 'a.bin' },
    ...{ size: 1, checkedAt: at, createdAt: at, updatedAt: at, state: 'downloading', claim: 2, worker: 'w' },
    ...{ leaseUntil: at, objectKey: `${id}/1`, uploadId: 'u', partSize: 8 },
  })
  const claim = { fileId: id, claim: 2, worker: 'w' }
  await states.save(claim, 'u', Buffer.from('one'))
  await states.save(claim, 'u', Buffer.from('two'))
  await states.save({ ...claim, claim: 1 }, 'u', Buffer.from('of one who lost the file'))
  await states.save(claim, 'another', Buffer.from('of an upload given up'))
  await states.forgetUnneeded()
  expect(String(await states.load(id, 'u'))).toBe('two')
  expect(await states.load(id, 'another')).toBeUndefined()
  await database.manager.update(SourceFile, { id }, { uploadId: null })
  await states.forgetUnneeded()
  expect(await states.load(id, 'u')).toBeUndefined()
})
