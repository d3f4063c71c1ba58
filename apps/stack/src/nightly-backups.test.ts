import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { TestDatabase } from '@obb/core/testing'
import { inspectBackup, nightlyBackup } from '@obb/core/backup'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NightlyBackups } from './nightly-backups.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** Noon of this machine's time, far from any change of clocks. */
const NOON = new Date(2027, 0, 15, 12).getTime()

let directory: string
let database: TestDatabase
beforeEach(async () => {
  directory = join(mkdtempSync(join(tmpdir(), 'obb-nightly-')), 'backups')
  database = await TestDatabase.open()
})
afterEach(async () => {
  await database.close()
  rmSync(join(directory, '..'), { recursive: true, force: true })
})

function nightly(keep: number) {
  const state = { now: NOON, said: [] as string[], url: database.url }
  const backups = new NightlyBackups({
    directory,
    keep,
    request: {
      get databaseUrl() {
        return state.url
      },
      secretsKey: Buffer.alloc(32, 1),
    },
    print: (line) => void state.said.push(line),
    now: () => state.now,
  })
  return { backups, state }
}

describe('nightly backups', () => {
  it('are made once a night, also after one that was missed, and the last ones are kept', async () => {
    const { backups, state } = nightly(3)
    await backups.check()
    await backups.check()
    expect(readdirSync(directory)).toHaveLength(1)
    expect(statSync(directory).mode & 0o777).toBe(0o700)
    state.now = NOON + 14 * HOUR // two o'clock at night
    await backups.check()
    expect(readdirSync(directory)).toHaveLength(1)
    for (const days of [1, 2, 3, 7]) {
      state.now = NOON + days * DAY
      await backups.check()
    }
    writeFileSync(join(directory, 'mine.backup'), '')
    state.now = NOON + 8 * DAY
    await backups.check()
    const names = readdirSync(directory).sort()
    expect(names).toEqual([
      'mine.backup',
      ...[3, 7, 8].map((days) => {
        const at = new Date(NOON + days * DAY).toISOString().slice(0, 19).replaceAll(':', '')
        return `obb-${at}Z.backup`
      }),
    ])
    expect((await inspectBackup(join(directory, names[1] ?? ''))).migrations.length).toBeGreaterThan(0)
    expect(state.said).toEqual([])
  })

  it('that fail are told with the age of the newest, cost no older one, and are tried again in an hour', async () => {
    const { backups, state } = nightly(1)
    await backups.check()
    const before = readdirSync(directory)
    const working = state.url
    state.url = 'postgresql://nobody@127.0.0.1:1/none'
    state.now = NOON + DAY
    await backups.check()
    await backups.check()
    expect(state.said).toEqual([
      expect.stringMatching(
        new RegExp(`^BACKUP FAILED: .*ECONNREFUSED.* is of ${new Date(NOON).toISOString()}.*in an hour`),
      ),
    ])
    expect(readdirSync(directory)).toEqual(before)
    state.url = working
    await backups.check()
    expect(readdirSync(directory)).toEqual(before)
    state.now += HOUR
    await backups.check()
    expect(readdirSync(directory)).not.toEqual(before)
    expect(readdirSync(directory)).toHaveLength(1)
  })

  it('tell in the database how they do, and nothing once they are off', async () => {
    const { backups, state } = nightly(1)
    const told = () => nightlyBackup(database.source)
    const [since, failedAt] = [new Date(NOON), new Date(NOON + DAY)]
    const well = { since, madeAt: since, failedAt: null, failure: null }
    await backups.check()
    expect(await told()).toEqual(well)
    rmSync(directory, { recursive: true })
    writeFileSync(directory, '') // as where the disk of BACKUP_DIR is not there
    state.now = failedAt.getTime()
    await backups.check()
    const failed = { since, madeAt: null, failedAt, failure: expect.stringContaining('EEXIST') }
    expect(await told()).toEqual(failed)
    rmSync(directory)
    state.now += HOUR
    await backups.check()
    expect(await told()).toEqual({ ...well, madeAt: new Date(state.now) })
    const off = nightly(0)
    off.backups.start()
    await off.backups.check()
    await off.backups.stop()
    expect([await told(), readdirSync(directory).length]).toEqual([undefined, 1])
  })
})
