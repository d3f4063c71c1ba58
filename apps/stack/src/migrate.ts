import { ConfigError, parseConfigOf, readSettings, rolePasswords } from '@obb/core/config'
import { databaseFault, migrate } from '@obb/core/database'

/* The one-shot step of a deployment: brings DATABASE_URL up to date, with the roles of the processes, and ends. */
let databaseUrl: string | undefined
try {
  const config = parseConfigOf('migrate', readSettings())
  databaseUrl = config.DATABASE_URL
  await migrate(config.DATABASE_URL, rolePasswords(config))
  process.stdout.write('The database is up to date.\n')
} catch (error) {
  const fault = databaseUrl === undefined ? undefined : databaseFault(error, databaseUrl)
  process.stderr.write(`${error instanceof ConfigError ? error.message : (fault ?? String(error))}\n`)
  process.exit(1)
}
