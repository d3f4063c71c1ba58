import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { EXTERNAL_API } from '@obb/contracts'
import { systemClock } from '@obb/core/clock'
import { Files, fileIdentity } from '@obb/core/files'
import { Vault } from '@obb/core/secrets'
import { TrafficLedger } from '@obb/core/traffic'
import { loadRegistry } from '@obb/host-adapters'
import { ROLE_SETTINGS, TestDatabase } from '@obb/core/testing'
import { type Database, brokenInvariants } from './invariants.js'
import { type AppProcess, build, startApp } from './processes.js'

const PROCESSES = 4
const REQUESTS = 500
const PAID_FOR = 100
const SIZE = 1_000

const urlOf = (n: number) =>
  `https://rapidgator.net/file/${n.toString(16).padStart(32, '0')}/file-${n}.bin.html`

/** Files that are stored, so that no host and no fetcher is asked. */
async function storedFiles(database: Database): Promise<void> {
  const registry = await loadRegistry()
  const files = new Files(database, systemClock, new Vault(randomBytes(32)))
  for (let n = 0; n < REQUESTS; n++) {
    const match = registry.match(urlOf(n))
    if (!match) throw new Error('no platform takes the link of the test')
    const identity = fileIdentity(match.adapter.manifest.id, match.ref, undefined)
    const { id } = await files.ensure(identity, match.ref, undefined)
    await files.record(id, {
      fileId: match.ref.fileId,
      state: 'available',
      name: `file-${n}.bin`,
      size: SIZE,
    })
  }
  await database.query(
    `UPDATE source_file SET state = 'done', object_key = id::text, done_at = now(), last_access_at = now()`,
  )
}

describe(`${REQUESTS} links asked for at once over ${PROCESSES} gateways, with traffic for ${PAID_FOR}`, () => {
  let database: Database
  let gateways: AppProcess[] = []
  let accountId: string
  let answers: { code: number; status: number | undefined; linkId: string | undefined }[]
  const cleanups: (() => Promise<unknown>)[] = []

  beforeAll(build, 300_000)
  beforeAll(async () => {
    const db = await TestDatabase.open(systemClock)
    cleanups.push(() => db.close())
    const home = await mkdtemp(join(tmpdir(), 'obb-balance-'))
    cleanups.push(() => rm(home, { recursive: true, force: true }))
    database = db.source
    const { apiKey, ...account } = await db.anAccount({ traffic: PAID_FOR * SIZE + SIZE - 1 })
    accountId = account.accountId
    await storedFiles(database)
    const env = {
      ...{ OBB_HOME: home, DATABASE_URL: db.url, ...ROLE_SETTINGS, SECRETS_KEY: 'ab'.repeat(32) },
      ...{ API_PORT: '0', RATE_LIMIT: '0', LOG_LEVEL: 'silent' },
    }
    gateways = await Promise.all(Array.from({ length: PROCESSES }, () => startApp('api', { env })))
    cleanups.push(() => Promise.all(gateways.map((gateway) => gateway.kill())))

    const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' }
    answers = await Promise.all(
      Array.from({ length: REQUESTS }, async (_, n) => {
        const base = `${gateways[n % PROCESSES]?.url}${EXTERNAL_API}`
        const body = JSON.stringify({ url: urlOf(n) })
        const response = await fetch(`${base}/unrestrict`, { method: 'POST', headers, body })
        const { status, data } = (await response.json()) as { status?: number; data?: { linkId: string } }
        return { code: response.status, status, linkId: data?.linkId }
      }),
    )
  }, 60_000)
  afterAll(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup()
  })

  it('makes exactly as many links, and refuses the others with 52', () => {
    const outcomes: Record<string, number> = {}
    for (const { code, status } of answers) {
      const outcome = `${code} ${status ?? 'success'}`
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
    }
    expect(outcomes).toEqual({ '200 success': PAID_FOR, '402 52': REQUESTS - PAID_FOR })
    expect(new Set(answers.flatMap(({ linkId }) => linkId ?? [])).size).toBe(PAID_FOR)
  })

  it('charges exactly these, and breaks nothing', async () => {
    const charges = (await TrafficLedger.entries(database, accountId)).filter(({ kind }) => kind === 'charge')
    const linkIds = answers.flatMap(({ linkId }) => linkId ?? [])
    expect(charges.map(({ linkId }) => linkId).sort()).toEqual(linkIds.sort())
    expect(charges.every(({ bytes }) => bytes === -SIZE)).toBe(true)
    expect(await brokenInvariants(database, Date.now(), { maxDownloads: 1, maxPerAccount: 1 })).toEqual([])
    const [deadlocks] = await database.query<[{ deadlocks: number }]>(
      'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()',
    )
    expect(deadlocks).toEqual({ deadlocks: 0 })
  })
})
