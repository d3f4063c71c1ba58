import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { testServer } from './test-server.js'

const TEMPLATE = 'obb_template'

/** A database of one test file. */
export interface TestDatabase {
  /** A connection string. */
  url: string
  /** Disconnects whoever is still connected. */
  drop(): Promise<void>
}

async function asSuperuser<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: await testServer() })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

async function urlOf(database: string): Promise<string> {
  const url = new URL(await testServer())
  url.pathname = `/${database}`
  return url.href
}

const dropDatabase = (name: string) =>
  asSuperuser(async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
  })

async function createDatabase(template: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`
  await asSuperuser((client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`))
  return { url: await urlOf(name), drop: () => dropDatabase(name) }
}

/** Under its name only when complete: a test that timed out meanwhile leaves no half of it. */
async function makeTemplate(): Promise<void> {
  const { rowCount } = await asSuperuser((client) =>
    client.query('SELECT FROM pg_database WHERE datname = $1', [TEMPLATE]),
  )
  if (rowCount === 1) return
  const building = await createDatabase('template0')
  const { migrate } = await import('@obb/core/database')
  await migrate(building.url)
  const name = new URL(building.url).pathname.slice(1)
  await asSuperuser((client) => client.query(`ALTER DATABASE ${name} RENAME TO ${TEMPLATE}`))
}

let template: Promise<void> | undefined

/** A database with every migration applied: a copy of a template, about 30 ms. */
export async function createTestDatabase(): Promise<TestDatabase> {
  await (template ??= makeTemplate())
  return createDatabase(TEMPLATE)
}

/** A database with nothing in it, for tests of the migrations themselves. */
export function createEmptyDatabase(): Promise<TestDatabase> {
  return createDatabase('template0')
}
