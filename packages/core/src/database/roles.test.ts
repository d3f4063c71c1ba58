import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { ROLE_HOLDERS, type RoleHolder, databaseUrlAs, roleOf } from '../config/index.js'
import { systemClock } from '../clock/index.js'
import { SourceFile } from '../files/index.js'
import { PgDownloads } from '../links/index.js'
import { Installation, StoreHealth } from '../store-state/index.js'
import { TestDatabase, urlOf } from '../testing/index.js'
import { migrate } from './migrate.js'
import { RIGHTS } from './roles.js'

let database: TestDatabase
const clients = {} as Record<RoleHolder, pg.Client>
beforeAll(async () => {
  database = await TestDatabase.open()
  for (const process of ROLE_HOLDERS) clients[process] = await connected(urlOf(process, database.url))
})
afterAll(async () => {
  await Promise.all(Object.values(clients).map((client) => client.end()))
  await database.close()
})

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client(url)
  await client.connect()
  return client
}

/** What PostgreSQL answers: its SQLSTATE where it refuses. */
const answer = (client: pg.Client, statement: string): Promise<string> =>
  client.query(statement).then(
    () => 'done',
    (error: { code?: string }) => error.code ?? String(error),
  )

const DENIED = '42501'

describe('the roles of the processes', () => {
  it('have rights of every table there is, and of no other', async () => {
    const tables = await database.source.query<{ name: string }[]>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`,
    )
    expect(tables.map(({ name }) => name)).toEqual(Object.keys(RIGHTS).sort())
  })

  it.each(ROLE_HOLDERS)(
    '%s may neither reach the server’s files and programs, nor make, change or drop anything',
    async (name) => {
      for (const statement of [
        `COPY (SELECT 1) TO PROGRAM 'true'`,
        `COPY (SELECT 1) TO '/tmp/obb-must-not-be'`,
        `SELECT pg_read_file('/etc/passwd')`,
        `CREATE TABLE made ()`,
        `CREATE FUNCTION public.made() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
        `CREATE SCHEMA made`,
        `CREATE TABLE bullmq.made ()`,
        `CREATE ROLE made`,
        `ALTER ROLE ${roleOf(name)} SUPERUSER`,
        `SET ROLE obb`,
        `SELECT * FROM pg_authid`,
        `DROP TABLE link`,
        `TRUNCATE link`,
        `ALTER TABLE traffic_entry DISABLE TRIGGER ALL`,
        `SET session_replication_role = replica`,
        `SELECT * FROM migrations`,
      ]) {
        expect([statement, await answer(clients[name], statement)]).toEqual([statement, DENIED])
      }
    },
  )

  it.each<[RoleHolder, string]>([
    ['proxy', 'SELECT * FROM host_account'],
    ['proxy', 'SELECT busiest FROM proxy'],
    ['api', 'DELETE FROM proxy'],
    ['fetcher', 'SELECT id FROM proxy'],
    ['proxy', 'SELECT * FROM api_key'],
    ['proxy', 'SELECT email FROM account'],
    ['proxy', 'UPDATE account SET state = state'],
    ['proxy', 'SELECT sealed FROM source_file'],
    ['proxy', 'SELECT canonical_url FROM source_file'],
    ['proxy', 'UPDATE source_file SET sha256 = NULL'],
    ['proxy', 'DELETE FROM source_file'],
    ['proxy', 'UPDATE link SET expires_at = now()'],
    ['proxy', 'SELECT * FROM traffic_entry'],
    ['proxy', 'SELECT * FROM audit_entry'],
    ['proxy', 'SELECT * FROM document'],
    ['proxy', 'SELECT * FROM bullmq.job'],
    ['fetcher', 'SELECT * FROM api_key'],
    ['fetcher', 'DELETE FROM audit_entry'],
    ['fetcher', 'SELECT * FROM audit_entry'],
    ['proxy', 'SELECT * FROM sign_in'],
    ['proxy', 'SELECT * FROM second_factor'],
    ['proxy', 'SELECT * FROM session'],
    ['proxy', 'SELECT * FROM linked_identity'],
    ['proxy', 'SELECT * FROM device_grant'],
    ['proxy', 'SELECT * FROM passkey'],
    ['proxy', 'SELECT * FROM passkey_challenge'],
    ['proxy', 'SELECT role FROM account'],
    ['fetcher', 'SELECT * FROM sign_in'],
    ['fetcher', 'SELECT * FROM second_factor'],
    ['fetcher', 'SELECT * FROM session'],
    ['fetcher', 'INSERT INTO linked_identity DEFAULT VALUES'],
    ['fetcher', 'UPDATE device_grant SET state = state'],
    ['fetcher', 'SELECT * FROM oidc_attempt'],
    ['fetcher', 'SELECT * FROM passkey'],
    ['fetcher', 'INSERT INTO passkey_challenge DEFAULT VALUES'],
    ['fetcher', 'SELECT * FROM invitation'],
    ['fetcher', `UPDATE account SET role = 'operator'`],
    ['fetcher', 'UPDATE account SET email = email'],
    ['fetcher', 'UPDATE account SET state = state'],
    ['fetcher', 'INSERT INTO account DEFAULT VALUES'],
    ['fetcher', 'INSERT INTO link DEFAULT VALUES'],
    ['fetcher', 'INSERT INTO host_account DEFAULT VALUES'],
    ['fetcher', 'UPDATE host_setting SET max_chunks = 1'],
    ['api', 'DELETE FROM link'],
    ['api', 'DELETE FROM source_file'],
    ['api', 'DELETE FROM account'],
    ['api', 'DELETE FROM traffic_entry'],
    ['api', 'UPDATE traffic_entry SET bytes = 0'],
  ])('%s may not: %s', async (name, statement) => {
    expect(await answer(clients[name], statement)).toBe(DENIED)
  })

  it('let the proxy do all that a download needs', async () => {
    const source = await database.another({ pool: 1 }, 'proxy')
    const downloads = new PgDownloads(source, systemClock)
    const stateOf = async ({ fileId }: { fileId: string }) =>
      (await database.source.manager.findOneByOrFail(SourceFile, { id: fileId })).state
    const file = await database.aFile({ state: 'done' })
    const { id, fileId } = await database.aLink({ file })
    const download = (await downloads.find(id))!
    await downloads.keepPieces(download, Buffer.alloc(32, 1))
    await downloads.keepPieces(download, Buffer.alloc(32, 2))
    expect(await downloads.pieces(download)).toEqual(Buffer.alloc(32, 2))
    await downloads.touch(download)
    await downloads.markMissing(download)
    expect(await stateOf({ fileId })).toBe('pending')

    const evicted = await database.aLink({ file: await database.aFile({ state: 'done', objectKey: null }) })
    expect((await downloads.find(evicted.id))?.state).toBe('not_ready')
    expect(await stateOf(evicted)).toBe('pending')
    expect(await new StoreHealth(source, systemClock).state()).toMatchObject({ trouble: null })
    const installation = new Installation(source, systemClock, '')
    expect(await installation.current()).toBeUndefined()
    expect(await installation.liesIn({ head: () => Promise.resolve(undefined) })).toBe('unmarked')
  })

  it('are left as they are by another migration, and get a password that is new', async () => {
    const rights = () =>
      database.source.query(
        `SELECT grantee, table_name, column_name, privilege_type FROM information_schema.column_privileges
          WHERE grantee LIKE 'obb\\_%' ORDER BY 1, 2, 3, 4`,
      )
    const before = await rights()
    await migrate(database.url)
    await migrate(database.url, { proxy: 'of-every-role-in-tests' })
    expect(await rights()).toEqual(before)
    await migrate(database.url, { proxy: 'a new one, with ’ and %' })
    try {
      const client = await connected(databaseUrlAs(database.url, 'obb_proxy', 'a new one, with ’ and %'))
      await client.end()
      await expect(connected(urlOf('proxy', database.url))).rejects.toMatchObject({ code: '28P01' })
    } finally {
      await migrate(database.url, { proxy: 'of-every-role-in-tests' })
    }
  })

  it('that are missing are told to an owner who may not make them, with what to run', async () => {
    await database.source.query(`CREATE ROLE obb_landlord LOGIN PASSWORD 'x'`)
    await database.source.query(`CREATE DATABASE obb_let OWNER obb_landlord`)
    const url = new URL(databaseUrlAs(database.url, 'obb_landlord', 'x'))
    url.pathname = '/obb_let'
    try {
      await database.source.query(`ALTER ROLE obb_proxy RENAME TO obb_proxy_away`)
      try {
        await expect(migrate(url.href, { proxy: 'secret' })).rejects.toThrow(
          /no role obb_proxy.*CREATE ROLE obb_proxy LOGIN PASSWORD '…'.*PROXY_DATABASE_PASSWORD/,
        )
      } finally {
        await database.source.query(`ALTER ROLE obb_proxy_away RENAME TO obb_proxy`)
      }
      // One URL for all, and roles that an administrator made.
      await migrate(url.href)
      await migrate(url.href, { proxy: 'secret' })
      url.username = 'obb_proxy'
      url.password = 'of-every-role-in-tests'
      const proxy = await connected(url.href)
      expect([
        await answer(proxy, 'SELECT id FROM link'),
        await answer(proxy, 'SELECT * FROM api_key'),
      ]).toEqual(['done', DENIED])
      await proxy.end()
    } finally {
      await database.source.query('DROP DATABASE obb_let WITH (FORCE)')
      await database.source.query('DROP ROLE obb_landlord')
    }
  })
})
