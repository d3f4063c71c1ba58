import { ConfigError, parseConfigOf, readSettings } from '@obb/core/config'
import { migrate } from '@obb/core/database'

/* The one-shot step of a deployment: brings DATABASE_URL up to date and ends. */
try {
  await migrate(parseConfigOf('migrate', readSettings()).DATABASE_URL)
  process.stdout.write('The database is up to date.\n')
} catch (error) {
  process.stderr.write(`${error instanceof ConfigError ? error.message : String(error)}\n`)
  process.exit(1)
}
