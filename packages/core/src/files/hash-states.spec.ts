import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { DataSource } from 'typeorm'
import { TestDatabase } from '../testing/index.js'
import { HashStates, SourceFile } from './index.js'

let db: TestDatabase
let database: DataSource
let states: HashStates

beforeAll(async () => {
  db = await TestDatabase.open()
  database = db.source
  states = new HashStates(database)
})
afterAll(() => db.close())

it('keeps the last state of a file for its upload, from the worker that has it, until the upload is over', async () => {
  const { id } = await db.aFile({ state: 'downloading', claim: 2, worker: 'w' })
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
