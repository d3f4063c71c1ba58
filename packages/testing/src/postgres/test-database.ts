import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { testServer } from './test-server.js'

/** A database of one test file. */
export interface ScratchDatabase {
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

async function copyOf(template: string): Promise<ScratchDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`
  await asSuperuser((client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`))
  return { url: await urlOf(name), drop: () => dropDatabase(name) }
}

/** Under its name only when complete: a test that timed out meanwhile leaves no half of it. */
async function makeTemplate(template: string, fill: (url: string) => Promise<void>): Promise<void> {
  const { rowCount } = await asSuperuser((client) =>
    client.query('SELECT FROM pg_database WHERE datname = $1', [template]),
  )
  if (rowCount === 1) return
  const building = await createEmptyDatabase()
  await fill(building.url)
  const name = new URL(building.url).pathname.slice(1)
  await asSuperuser((client) => client.query(`ALTER DATABASE ${name} RENAME TO ${template}`))
}

const templates = new Map<string, Promise<void>>()

/** A copy of the database `template`, which `fill` makes once per process of the test run, of an empty one. */
export async function databaseLike(
  template: string,
  fill: (url: string) => Promise<void>,
): Promise<ScratchDatabase> {
  const made = templates.get(template) ?? makeTemplate(template, fill)
  templates.set(template, made)
  await made
  return copyOf(template)
}

/** A database with nothing in it. */
export function createEmptyDatabase(): Promise<ScratchDatabase> {
  return copyOf('template0')
}
