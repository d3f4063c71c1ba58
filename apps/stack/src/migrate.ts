import { ConfigError, parseConfigOf, readSettings, rolePasswords } from '@obb/core/config'
import { migrate } from '@obb/core/database'

/* The one-shot step of a deployment: brings DATABASE_URL up to date, with the roles of the processes, and ends. */
try {
  const config = parseConfigOf('migrate', readSettings())
  await migrate(config.DATABASE_URL, rolePasswords(config))
  process.stdout.write('The database is up to date.\n')
} catch (error) {
  process.stderr.write(`${error instanceof ConfigError ? error.message : String(error)}\n`)
  process.exit(1)
}
