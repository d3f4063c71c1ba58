import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { brotliDecompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { ApiKnobs, FakeHost } from '@obb/host-adapters/testing'
import { contentBytes, loadFake, patternContent } from '@obb/host-adapters/testing'
import { openDatabase } from '@obb/core/database'
import { ROLE_SETTINGS } from '@obb/core/testing'
import { createEmptyDatabase, serverOn } from '@obb/testing/postgres'
import { redisAvailable, startRedis } from '@obb/testing/redis'
import { startS3 } from '@obb/testing/s3'
import { WatchedContent } from './fetch-content.js'
import type { Stores } from './installation.js'
import { NpmStart } from './npm-start.js'

/*
 * An installation as commit 451b80e left it, killed in mid-fetch: its database (by the very statements that made its
 * schema), its files, its secrets, and with Redis and an S3 what these had. e2e/fixtures/make-451b80e.mjs makes it, by
 * running that commit.
 */

interface OldFile {
  name: string
  size: number
  /** Of its pattern. */
  seed: number
  url: string
  owner: string
  linkId: string
  /** Only its first part had come when everything was killed. */
  half: boolean
}

interface StoredPart {
  seed: number
  /** Of what lies there, bytes; of those so many had come. */
  size: number
  bytes: number
  /** Of the file, where that is larger; and where in it this begins. */
  of?: number
  from?: number
}

interface Old {
  ddl: string[]
  /** The rows of each table, as JSON. */
  tables: Record<string, string>
  sequences: { name: string; value: string }[]
  secrets: { databasePassword: string; apiKey: string } & Record<string, string>
  /** What lay in OBB_HOME and beside it: its bytes, or those of a file from `from` on, and then zeros. */
  stored: Record<string, { base64: string } | StoredPart>
  /** Their API keys. */
  users: Record<string, string>
  files: OldFile[]
  balances: Record<string, { trafficLeft: number; entries: number }>
  blocked: string
  accountId: string
}

const FIXTURES: Readonly<Record<Stores, string>> = {
  embedded: '451b80e.json.br',
  production: '451b80e.production.json.br',
}
const oldOf = (stores: Stores): Old =>
  JSON.parse(
    brotliDecompressSync(
      readFileSync(new URL(`../fixtures/${FIXTURES[stores]}`, import.meta.url)),
    ).toString(),
  ) as Old

const bytesOf = ({ size, seed }: Pick<OldFile, 'size' | 'seed'>) => contentBytes(patternContent(size, seed))
const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

async function putFiles(old: Old, home: string): Promise<void> {
  for (const [path, stored] of Object.entries(old.stored)) {
    const file = join(home, path)
    mkdirSync(dirname(file), { recursive: true })
    if ('base64' in stored) {
      writeFileSync(file, Buffer.from(stored.base64, 'base64'))
      continue
    }
    const { seed, size, bytes, of = size, from = 0 } = stored
    const whole = await bytesOf({ seed, size: of })
    writeFileSync(file, whole.subarray(from, from + size).fill(0, bytes))
  }
}

/** `origins`: where the stand-in is now. */
async function putDatabase(old: Old, url: string, origins: Readonly<Record<string, string>>): Promise<void> {
  const database = await openDatabase(url, { pool: 1 })
  const client = database.createQueryRunner()
  for (const statement of old.ddl) await client.query(statement)
  await client.query('SET search_path TO DEFAULT')
  await client.query('SET session_replication_role = replica') // no triggers, and tables in any order
  for (const [table, rows] of Object.entries(old.tables)) {
    await client.query(`DELETE FROM ${table}`)
    await client.query(
      `INSERT INTO ${table} OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::${table}, $1)`,
      [rows],
    )
  }
  for (const { name, value } of old.sequences) {
    await client.query(`CREATE SEQUENCE IF NOT EXISTS ${name}`) // the queue's are made as they are used
    await client.query('SELECT setval($1, $2)', [name, value])
  }
  await client.query(`UPDATE host_setting SET origins = $1 WHERE platform = 'RapidGator'`, [
    JSON.stringify(origins),
  ])
  await client.release()
  await database.destroy()
}

/** Puts the database of `npm start`, or one beside it with a Redis and an S3; the settings that name them. */
async function putStores(
  stores: Stores,
  old: Old,
  { home, origins, cleanups }: { home: string; origins: FakeHost['origins']; cleanups: Cleanup[] },
): Promise<Record<string, string>> {
  if (stores === 'embedded') {
    const server = await serverOn(join(home, 'postgres'), old.secrets.databasePassword)
    await putDatabase(old, server.url('postgres'), origins)
    await server.stop()
    return {}
  }
  const database = await createEmptyDatabase()
  const redis = await startRedis(join(home, 'redis'))
  const s3 = await startS3({ directory: join(home, 's3') })
  cleanups.push(database.drop, redis.stop, s3.close)
  await putDatabase(old, database.url, origins)
  return {
    ...{ DATABASE_URL: database.url, ...ROLE_SETTINGS, REDIS_URL: redis.url },
    ...{ S3_ENDPOINT: s3.endpoint, S3_BUCKET: 'obb-files' },
    ...{ S3_ACCESS_KEY_ID: s3.accessKeyId, S3_SECRET_ACCESS_KEY: s3.secretAccessKey },
  }
}
type Cleanup = () => Promise<unknown>

const COLUMNS: readonly Stores[] = redisAvailable() ? ['embedded', 'production'] : ['embedded']
if (!redisAvailable())
  process.stderr.write('SKIPPED: no redis-server, so nothing of a production column is upgraded\n')

describe.each(COLUMNS)(
  'an installation of commit 451b80e, %s, killed in mid-fetch, and started anew',
  (stores) => {
    const OLD = oldOf(stores)
    const cleanups: Cleanup[] = []
    let home: string
    let host: FakeHost<ApiKnobs>
    let obb: NpmStart
    const contents = new Map<string, WatchedContent>()

    beforeAll(async () => {
      home = mkdtempSync(join(tmpdir(), 'obb-upgrade-'))
      host = (await (await loadFake('RapidGator')).start()) as FakeHost<ApiKnobs>
      for (const { name, seed, size, url } of OLD.files) {
        const content = new WatchedContent(size, seed)
        contents.set(name, content)
        const id = /\/file\/(\w+)/.exec(url)?.[1] ?? ''
        expect(host.addFile({ name, content, id })).toBe(url)
      }
      await putFiles(OLD, home)
      writeFileSync(join(home, 'secrets.json'), JSON.stringify(OLD.secrets), { mode: 0o600 })
      const env = await putStores(stores, OLD, { home, origins: host.origins, cleanups })
      obb = await NpmStart.start(home, { FETCH_ALLOW_NETWORKS: '127.0.0.0/8', RATE_LIMIT: '0', ...env })
    }, 300_000)
    afterAll(async () => {
      await obb?.stop()
      await host?.close()
      for (const cleanUp of cleanups) await cleanUp()
      rmSync(home, { recursive: true, force: true })
    })

    const keyOf = (owner: string): string => OLD.users[owner] ?? ''
    async function download(linkId: string): Promise<Buffer> {
      const answer = await fetch(`${obb.ready.proxy}/download/${linkId}`)
      expect(answer.status).toBe(200)
      return Buffer.from(await answer.arrayBuffer())
    }

    it('has its users, with their keys, balances and entries, and a ledger that adds up', async () => {
      for (const [name, balance] of Object.entries(OLD.balances)) {
        const ledger = await obb.admin<{ trafficLeft: number; entries: unknown[] }>(
          'GET',
          `/ledger?email=${name}@example.test`,
        )
        expect([name, ledger.trafficLeft, ledger.entries.length]).toEqual([
          name,
          balance.trafficLeft,
          balance.entries,
        ])
      }
      expect(await obb.admin('GET', '/ledger/check')).toMatchObject({ faults: [] })
      expect((await obb.call(keyOf('alice'), 'GET', '/account')).success).toBe(true)
      expect((await obb.call(OLD.secrets.apiKey, 'GET', '/account')).success).toBe(true)
      expect((await obb.call(keyOf('carol'), 'GET', '/account')).success).toBe(false) // suspended
    })

    it('serves what it had stored, by the old links, and does not ask the host for it', async () => {
      for (const file of OLD.files.filter(({ half }) => !half)) {
        expect(digest(await download(file.linkId))).toBe(digest(await bytesOf(file)))
        expect(contents.get(file.name)?.reads).toEqual([])
      }
    })

    it('finishes what was half fetched, with what had come of it, and what waited behind', async () => {
      for (const file of OLD.files.filter(({ half }) => half)) {
        for (;;) {
          const { data } = await obb.call<{ remote_status: string }>(
            keyOf(file.owner),
            'GET',
            `/link/${file.linkId}`,
          )
          expect(data.remote_status).not.toBe('error')
          if (data.remote_status === 'done') break
          await sleep(100)
        }
        expect(digest(await download(file.linkId))).toBe(digest(await bytesOf(file)))
      }
      const cameOf = Object.values(OLD.stored).map((stored) => ('bytes' in stored ? stored.bytes : 0))
      const asked = contents.get('half.bin')?.reads.filter(([start, end]) => end - start > 1) ?? []
      expect(cameOf).toContain(Math.min(...asked.map(([start]) => start)))
    }, 120_000)

    it('charged nobody for it again', async () => {
      for (const [name, { trafficLeft }] of Object.entries(OLD.balances)) {
        expect(await obb.admin('GET', `/ledger?email=${name}@example.test`)).toMatchObject({ trafficLeft })
      }
    })

    it('uses its accounts at hosts, whose credentials it opens, and keeps its blocks and settings', async () => {
      const checked = await obb.obb('account', 'check', OLD.accountId)
      expect(checked).toMatchObject({ code: 0 })
      const content = patternContent(50_000, 77)
      const url = host.addFile({ name: 'new.bin', content })
      const made = await obb.call<{ linkId: string }>(keyOf('alice'), 'POST', '/unrestrict', { url })
      expect(made.success).toBe(true)
      expect((await obb.call(keyOf('alice'), 'POST', '/unrestrict', { url: OLD.blocked })).status).toBe(102)
      const hosts = await obb.admin<{ platform: string; enabled: boolean }[]>('GET', '/hosts')
      expect(hosts.find(({ platform }) => platform === 'Alfafile')?.enabled).toBe(false)
    })

    it('has whole secrets, and in an embedded PostgreSQL roles of its own for each process, without being told', () => {
      const secrets = JSON.parse(readFileSync(join(home, 'secrets.json'), 'utf8')) as {
        rolePasswords?: Record<string, string>
      }
      expect(secrets).toMatchObject(OLD.secrets)
      const roles = Object.keys(secrets.rolePasswords ?? {}).sort()
      expect(roles).toEqual(stores === 'embedded' ? ['api', 'fetcher', 'proxy'] : [])
    })

    it('is all right by `./obb doctor`', async () => {
      const { code, text } = await obb.obb('doctor')
      expect([code, text]).toEqual([0, expect.not.stringContaining('failing')])
    })
  },
)
