import pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { keyIdOf } from '../secrets/index.js'
import { type Part, writeParts } from './backup-file.js'
import { FORMAT } from './manifest.js'
import { type InstallationSecrets, sealSecrets } from './sealed-secrets.js'
import { BackupError } from './backup-error.js'
import { PLAIN_TEXT, copyOut, sequencesOf, tablesOf } from './tables.js'

export interface BackupRequest {
  /** Of the owner of the tables. */
  databaseUrl: string
  /** The file to make; one that is there is replaced when the new one is whole. */
  path: string
  /** SECRETS_KEY of the installation, so that a restore can tell whether it has the right one. */
  secretsKey: Buffer
  /** What is sealed into the file, and by which passphrase. */
  sealed?: { passphrase: string; secrets: InstallationSecrets } | undefined
  /** Ends it, and leaves nothing. */
  signal?: AbortSignal | undefined
}

export interface BackedUp {
  /** When the rows were as they are in the file, ISO. */
  madeAt: string
  /** How many of each table. */
  rows: Record<string, number>
}

/**
 * A snapshot of one moment of all tables, beside running processes, in memory of a few chunks. Raises BackupError, and
 * what PostgreSQL and the file system raise.
 */
export async function backUp(request: BackupRequest): Promise<BackedUp> {
  const { databaseUrl, path, secretsKey, sealed, signal } = request
  const secrets = sealed && (await sealSecrets(sealed.passphrase, sealed.secrets))
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: 10_000,
    application_name: 'obb backup',
  })
  client.on('error', () => undefined) // the statement under way fails
  await client.connect()
  try {
    await client.query(PLAIN_TEXT)
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const { version, madeAt } = await versionOf(client)
    const rows: Record<string, number> = {}
    const manifest = { ...version, madeAt, keyId: keyIdOf(secretsKey), secrets: secrets ?? null }
    await writeParts(path, parts(client, manifest, rows), signal)
    return { madeAt, rows }
  } finally {
    await client.end()
  }
}

async function versionOf(client: pg.Client): Promise<{ version: object; madeAt: string }> {
  const { rows } = await client.query<{ postgres: string; at: Date; isOurs: boolean }>(
    `SELECT current_setting('server_version') AS postgres, now() AS at,
            to_regclass('public.migrations') IS NOT NULL AS "isOurs"`,
  )
  const [server] = rows
  if (server?.isOurs !== true) throw new BackupError('There are no tables of OBB in this database yet.')
  const { rows: run } = await client.query<{ name: string }>('SELECT name FROM migrations ORDER BY id')
  const migrations = run.map(({ name }) => name)
  const version = { format: 'obb backup', version: FORMAT, postgres: server.postgres, migrations }
  return { version, madeAt: server.at.toISOString() }
}

/** `rows` is filled with how many there are of each table. */
async function* parts(
  client: pg.Client,
  manifest: object,
  rows: Record<string, number>,
): AsyncGenerator<Part> {
  yield { json: manifest }
  for (const table of await tablesOf(client)) {
    yield { json: { table: table.name, columns: table.columns } }
    const copy = client.query(copyTo(copyOut(table)))
    for await (const chunk of copy) yield { rows: chunk as Buffer }
    rows[table.name] = copy.rowCount
  }
  yield { json: { rows, sequences: await sequencesOf(client) } }
}
