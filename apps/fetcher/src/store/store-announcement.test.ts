import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { parseConfig } from '@obb/core/config'
import { StoreHealth } from '@obb/core/store-state'
import { TestDatabase } from '@obb/core/testing'
import { TestClock } from '@obb/testing/clock'
import { StoreAnnouncement } from './store-announcement.js'

const clock = new TestClock()
let db: TestDatabase

beforeAll(async () => {
  db = await TestDatabase.open(clock)
})
afterAll(() => db.close())

/** What is known of the store once a fetcher with these settings has started. */
async function placeBy(settings: Record<string, string>) {
  const config = parseConfig({
    DATABASE_URL: 'postgres://x@127.0.0.1/x',
    SECRETS_KEY: 'ab'.repeat(32),
    ...settings,
  })
  const health = new StoreHealth(db.source, clock)
  await new StoreAnnouncement(config, health).onApplicationBootstrap()
  const { place, quota } = await health.place()
  return [place, quota]
}

describe('where the store is', () => {
  it('is told as the directory, with the quota', async () => {
    expect(await placeBy({ OBB_HOME: '/srv/obb', STORAGE_QUOTA: '2TB' })).toEqual(['/srv/obb/files', 2e12])
  })

  it('is told as bucket and address of an S3, without what gives access to it', async () => {
    const s3 = { S3_BUCKET: 'files', S3_ACCESS_KEY_ID: 'id', S3_SECRET_ACCESS_KEY: 'secret' }
    expect(await placeBy({ ...s3, S3_ENDPOINT: 'https://user:pass@s3.example.org/' })).toEqual([
      'files at https://s3.example.org',
      null,
    ])
  })
})
