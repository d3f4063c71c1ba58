import { BACKUP_OLD_MS } from '@obb/contracts'
import { ConfigError, parseConfigOf, readSettings } from '@obb/core/config'
import { NightlyBackups, newestOf } from './nightly-backups.js'
import { backupDirectory } from './settings.js'

/*
 * The nightly backups of a deployment, as its owner, until it is told to stop. With the argument `check` instead: exit
 * code 1 where the newest one is older than a day and some hours, for a health check.
 */

function isOverdue(directory: string): boolean {
  const newest = newestOf(directory)
  return newest !== undefined && newest < Date.now() - BACKUP_OLD_MS
}

try {
  const config = parseConfigOf('backup', readSettings())
  const directory = backupDirectory(config)
  if (process.argv[2] === 'check') {
    process.exit(config.BACKUP_KEEP > 0 && isOverdue(directory) ? 1 : 0)
  }
  const { DATABASE_URL: databaseUrl, SECRETS_KEY: secretsKey, BACKUP_PASSPHRASE: passphrase } = config
  const secrets = { secretsKey: secretsKey.toString('hex') }
  const backups = new NightlyBackups({
    directory,
    keep: config.BACKUP_KEEP,
    request: {
      databaseUrl,
      secretsKey,
      sealed: passphrase === undefined ? undefined : { passphrase, secrets },
    },
    print: (line) => void process.stderr.write(`${line}\n`),
  })
  const alive = setInterval(() => undefined, 3_600_000)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      clearInterval(alive)
      void backups.stop()
    })
  }
  backups.start()
  await backups.check()
} catch (error) {
  process.stderr.write(`${error instanceof ConfigError ? error.message : String(error)}\n`)
  process.exit(1)
}
