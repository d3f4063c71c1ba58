import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { type ScratchDatabase, createEmptyDatabase } from '@obb/testing/postgres'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { zstdDecompressSync } from 'node:zlib'
import pg from 'pg'
import { systemClock } from '../clock/index.js'
import { RIGHTS, migrate, migrateTo, migrationNames, openDatabase } from '../database/index.js'
import { TestDatabase, urlOf } from '../testing/index.js'
import { TrafficLedger, checkLedger } from '../traffic/index.js'
import { type Part, readParts, writeParts } from './backup-file.js'
import { backUp, backupId, inspectBackup, openSecrets, restore, unfinishedRestore } from './index.js'

const KEY = randomBytes(32)
const PASSPHRASE = 'correct horse battery staple'
const SECRETS = { secretsKey: KEY.toString('hex'), adminToken: 'a'.repeat(40) }
/** What the text format of COPY has to escape, and what it must leave. */
const NAME = 'Ünïcödé \\N \\. "quoted"\ttab\nline\r\n. \u{1F600}'

let directory: string
let database: TestDatabase
const scratch: ScratchDatabase[] = []

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'obb-backup-'))
  database = await TestDatabase.open()
  await fill(database)
})
afterAll(async () => {
  await database.close()
  rmSync(directory, { recursive: true, force: true })
})
afterEach(async () => {
  await Promise.all(scratch.splice(0).map((each) => each.drop()))
})

/** Files in all states, links to them, and bytes of every value. */
async function fill({ source }: TestDatabase): Promise<void> {
  const user = await database.anAccount()
  for (const state of ['idle', 'pending', 'downloading', 'done', 'error'] as const) {
    await database.aLink({ account: user, file: await database.aFile({ state, name: NAME, size: 1_000 }) })
  }
  await database.aLink()
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, value) => value))
  await source.query(
    `INSERT INTO document (digest, account_id, content, size, used_at) VALUES ('d', $1, $2, 256, now())`,
    [user.accountId, bytes],
  )
  await source.query(
    `INSERT INTO host_account (id, platform, label, sealed_credentials, created_at)
     VALUES (gen_random_uuid(), 'Sample', $1, $2, now())`,
    [NAME, bytes],
  )
}

async function empty(): Promise<string> {
  const made = await createEmptyDatabase()
  scratch.push(made)
  return made.url
}

const fileOf = (name: string): string => join(directory, `${name}.backup`)

async function make(name: string, url = database.url): Promise<string> {
  const path = fileOf(name)
  const sealed = { passphrase: PASSPHRASE, secrets: SECRETS }
  await backUp({ databaseUrl: url, path, secretsKey: KEY, sealed })
  return path
}

const restoreInto = async (databaseUrl: string, path: string, replace = false) =>
  restore({ databaseUrl, path, replace, manifest: await inspectBackup(path) })

async function query<Row extends pg.QueryResultRow>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query<Row>(text)).rows
  } finally {
    await client.end()
  }
}

const tablesIn = async (url: string): Promise<string[]> =>
  (
    await query<{ name: string }>(
      url,
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`,
    )
  ).map(({ name }) => name)

/** Every row of every table and every sequence, as text. */
async function contentOf(url: string): Promise<Record<string, unknown>> {
  const content: Record<string, unknown> = {}
  for (const table of await tablesIn(url)) {
    const rows = await query<{ row: string }>(url, `SELECT t::text AS row FROM "${table}" t ORDER BY 1`)
    content[table] = rows.map(({ row }) => row)
  }
  const sequences = `SELECT sequencename::text, last_value::text FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1`
  return { ...content, sequences: await query(url, sequences) }
}

describe('a backup', () => {
  it('holds every row of every table but what is of this moment, and where the sequences are', async () => {
    const path = await make('all')
    const url = await empty()
    const { rows } = await restoreInto(url, path)
    const kept = Object.keys(RIGHTS).filter((table) => table !== 'proxy')
    expect(Object.keys(rows).sort()).toEqual(kept.sort())
    const content = await contentOf(url)
    expect(content).toEqual(await contentOf(database.url))
    expect(rows).toMatchObject({ source_file: 6, link: 6, account: 2, traffic_entry: 8 })
    expect((content['waiting_fetch'] as string[]).length).toBeGreaterThan(0)
  })

  it('is restored with totals that are those of the ledger, and goes on from there', async () => {
    const url = await empty()
    await restoreInto(url, await make('goes-on'))
    const restored = await openDatabase(url, { pool: 2 })
    try {
      expect((await checkLedger(restored, systemClock)).faults).toEqual([])
      const [{ id, left } = { id: '', left: 0 }] = await restored.query<{ id: string; left: number }[]>(
        `SELECT id, traffic_left AS left FROM account ORDER BY traffic_left LIMIT 1`,
      )
      const charge = { accountId: id, linkId: 'another', platform: 'Sample', bytes: 10 }
      expect(await restored.transaction((tx) => TrafficLedger.charge(tx, systemClock, charge))).toBe(true)
      expect(await restored.query('SELECT traffic_left AS left FROM account WHERE id = $1', [id])).toEqual([
        { left: left - 10 },
      ])
      expect((await checkLedger(restored, systemClock)).faults).toEqual([])
      const off = await restored.query(`SELECT FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'O'`)
      expect(off).toEqual([])
    } finally {
      await restored.destroy()
    }
  })

  it('is of one moment, whatever is written meanwhile', async () => {
    const before = await contentOf(database.url)
    const writer = new pg.Client(database.url)
    await writer.connect()
    try {
      await writer.query('BEGIN')
      await writer.query('LOCK TABLE traffic_entry IN ACCESS EXCLUSIVE MODE')
      const making = make('meanwhile')
      const waits = `SELECT FROM pg_stat_activity WHERE application_name = 'obb backup' AND wait_event_type = 'Lock'
        AND datname = current_database()`
      while ((await query(database.url, waits)).length === 0) await sleep(10)
      // Accounts are read already, entries are not yet.
      await writer.query(`INSERT INTO traffic_entry (account_id, kind, bytes, created_at)
        SELECT id, 'grant', 5, now() FROM account`)
      await writer.query(`UPDATE account SET traffic_left = traffic_left + 5`)
      await writer.query('COMMIT')
      const url = await empty()
      await restoreInto(url, await making)
      const content = await contentOf(url)
      expect(content['account']).toEqual(before['account'])
      expect(content['traffic_entry']).toEqual(before['traffic_entry'])
    } finally {
      await writer.end()
    }
  })

  it('lets only its owner read it, and leaves nothing where it fails', async () => {
    const path = await make('private')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const content = readFileSync(path)
    await expect(make('private', await empty())).rejects.toThrow('no tables of OBB')
    const stop = new AbortController()
    const making = backUp({ databaseUrl: database.url, path, secretsKey: KEY, signal: stop.signal })
    stop.abort()
    await expect(making).rejects.toThrow()
    expect(readFileSync(path)).toEqual(content)
    expect(readdirSync(directory).filter((name) => name.includes('partial'))).toEqual([])
  })

  it('shows its secrets to the passphrase only', async () => {
    const path = await make('sealed')
    const { secrets } = await inspectBackup(path)
    expect(await openSecrets(PASSPHRASE, secrets!)).toEqual(SECRETS)
    await expect(openSecrets(`${PASSPHRASE}.`, secrets!)).rejects.toThrow('passphrase')
    const text = zstdDecompressSync(readFileSync(path)).toString('latin1')
    for (const secret of [SECRETS.secretsKey, KEY.toString('base64'), SECRETS.adminToken, PASSPHRASE]) {
      expect(text).not.toContain(secret)
    }
  })
})

describe('a restore', () => {
  it('refuses a file that is cut or changed anywhere, before it changes anything', async () => {
    const whole = readFileSync(await make('whole'))
    const path = fileOf('broken')
    const url = await empty()
    const cuts = [0, 20, whole.length >> 1, whole.length - 32].map((end) => whole.subarray(0, end))
    const changed = Buffer.from(whole)
    changed[whole.length >> 1] = (changed[whole.length >> 1] ?? 0) ^ 0x10
    for (const broken of [...cuts, changed, Buffer.from('no backup at all')]) {
      writeFileSync(path, broken)
      await expect(restoreInto(url, path)).rejects.toThrow(/is cut or damaged|is no backup/)
    }
    expect(await tablesIn(url)).toEqual([])
  })

  it('takes an empty database only, unless all of it may go', async () => {
    const path = await make('replaces')
    const url = await empty()
    await restoreInto(url, path)
    await query(url, `UPDATE account SET email = email || '.other'`)
    const content = await contentOf(url)
    await expect(restoreInto(url, path)).rejects.toThrow(/in use.*--replace/s)
    expect(await contentOf(url)).toEqual(content)
    await restoreInto(url, path, true)
    expect(await contentOf(url)).toEqual(await contentOf(database.url))

    const process = await openDatabase(url, { pool: 1 })
    await expect(restoreInto(url, path, true)).rejects.toThrow(/connected/)
    await process.destroy()
  })

  it('takes a database whose first migrations were killed', async () => {
    const url = await empty()
    await migrateTo(url, migrationNames().slice(0, 1))
    const path = await make('after-a-kill')
    const { rows } = await restoreInto(url, path)
    expect(rows).toEqual((await restoreInto(await empty(), path)).rows)
  })

  it('leaves everything as it was where it fails in the middle', async () => {
    const path = fileOf('without-accounts')
    const parts: Part[] = []
    let skips = false
    await readParts(await make('with-accounts'), (part) => {
      if ('json' in part) skips = (part.json as { table?: string }).table === 'account'
      if (!skips || 'json' in part) parts.push('json' in part ? part : { rows: Buffer.from(part.rows) })
    })
    await writeParts(
      path,
      (async function* () {
        yield* parts
      })(),
    )
    const url = await empty()
    await restoreInto(url, await make('before'))
    const content = await contentOf(url)
    await expect(restoreInto(url, path, true)).rejects.toThrow(/foreign key/)
    expect(await contentOf(url)).toEqual(content)
  })

  it('refuses what a newer version made, and migrates what an older one made', async () => {
    const old = await empty()
    const [newest = ''] = migrationNames().slice(-1)
    await migrateTo(old, migrationNames().slice(0, -3))
    await query(
      old,
      `INSERT INTO account (id, email, traffic_left, traffic_max, created_at)
      VALUES (gen_random_uuid(), 'old@a.test', 7, 7, now())`,
    )
    const path = await make('old', old)
    const url = await empty()
    await restoreInto(url, path)
    expect(await query(url, 'SELECT email FROM account')).toEqual([{ email: 'old@a.test' }])
    expect(await query(url, `SELECT name FROM migrations ORDER BY id DESC LIMIT 1`)).toEqual([
      { name: newest },
    ])
    expect((await tablesIn(url)).sort()).toEqual(Object.keys(RIGHTS).sort())
    await expect(restoreInto(url, path, true)).rejects.toThrow(/later version/)

    await query(
      old,
      `INSERT INTO migrations (timestamp, name) VALUES (9999999999999, 'Unheard9999999999999')`,
    )
    const newer = await make('newer', old)
    const target = await empty()
    await expect(restoreInto(target, newer)).rejects.toThrow(/newer OBB/)
    expect(await tablesIn(target)).toEqual([])
  })

  it.each<[string, (url: string, path: string) => Promise<unknown>]>([
    ['the same restore', (url, path) => restoreInto(url, path)],
    ['a migration', (url) => migrate(url)],
  ])('that ends once its rows are there is finished by %s, and is then over', async (_what, finish) => {
    const old = await empty()
    await migrateTo(old, migrationNames().slice(0, -3))
    await query(
      old,
      `INSERT INTO account (id, email, traffic_left, traffic_max, created_at)
      VALUES (gen_random_uuid(), 'old@a.test', 7, 7, now())`,
    )
    const path = await make('interrupted', old)
    const manifest = await inspectBackup(path)
    const url = await empty()
    const whenLoaded = () => {
      throw new Error('the end')
    }
    const request = { databaseUrl: url, path, manifest, replace: false }
    await expect(restore({ ...request, whenLoaded })).rejects.toThrow('the end')
    expect(await unfinishedRestore(url)).toBe(backupId(manifest))
    expect(await query(url, 'SELECT count(*)::int FROM migrations')).toEqual([
      { count: migrationNames().length - 3 },
    ])
    await expect(restoreInto(url, await make('another'))).rejects.toThrow('in use')

    await finish(url, path)
    expect(await unfinishedRestore(url)).toBeUndefined()
    expect(await query(url, 'SELECT email FROM account')).toEqual([{ email: 'old@a.test' }])
    expect((await tablesIn(url)).sort()).toEqual(Object.keys(RIGHTS).sort())
    await expect(restoreInto(url, path)).rejects.toThrow(/in use|later version/)
  })

  it('lets the processes in as their roles', async () => {
    const url = await empty()
    await restoreInto(url, await make('roles'))
    expect(await query(urlOf('proxy', url), 'SELECT count(*)::int AS links FROM link')).toEqual([
      { links: 6 },
    ])
    await expect(query(urlOf('proxy', url), 'SELECT * FROM api_key')).rejects.toThrow(/denied/)
  })
})
