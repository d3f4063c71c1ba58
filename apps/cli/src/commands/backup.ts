import { backupMessageSchema, type BackupDone, type BackupOrder } from '@obb/contracts'
import type { Command } from 'commander'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Cli } from '../cli.js'
import { confirm } from '../confirm.js'
import { CliError, UsageError, interruption } from '../failure.js'
import type { Io } from '../io.js'
import { readLines } from '../secret-line.js'

const WITHOUT_SECRETS = '--without-secrets'

export function registerBackup(program: Command, cli: Cli): void {
  program
    .command('backup <file>')
    .description(
      'all of the database in one file, beside the running server; run it where DATABASE_URL or OBB_HOME is that of the owner',
    )
    .option('--force', 'replace a file that is there')
    .option(
      WITHOUT_SECRETS,
      'without SECRETS_KEY, which is sealed with a passphrase else (BACKUP_PASSPHRASE)',
    )
    .action(async (file: string, { force = false, withoutSecrets = false }: BackupOptions) => {
      const path = resolve(cli.io.cwd, file)
      const done = await give(cli.io, { command: 'backup', path, withoutSecrets, replace: force })
      cli.print({ file: path, ...done }, () => `${path}: ${rowsOf(done)}${keyNote(done)}`)
    })
}

export function registerRestore(program: Command, cli: Cli): void {
  program
    .command('restore <file>')
    .description('a database as it was when the backup was made, while no process of OBB runs')
    .option('--replace', 'remove what is in the database; without, only an empty one is taken')
    .option('--yes', 'without asking')
    .option(WITHOUT_SECRETS, 'keep the SECRETS_KEY of here, though credentials may be sealed with another')
    .option('--show-secrets', 'restore nothing, and print the SECRETS_KEY that is sealed in the file')
    .action(async (file: string, options: RestoreOptions) => {
      const { replace = false, withoutSecrets = false, showSecrets = false, yes } = options
      const path = resolve(cli.io.cwd, file)
      if (showSecrets) {
        const done = await give(cli.io, { command: 'show-secrets', path, withoutSecrets, replace: false })
        cli.print(done, ({ secretsKey }) => `SECRETS_KEY=${secretsKey}`)
        return
      }
      if (replace) await confirm(cli.io, 'remove all that is in the database', yes)
      const done = await give(cli.io, { command: 'restore', path, withoutSecrets, replace })
      cli.print(
        { file: path, ...done },
        () => `restored as of ${done.madeAt}: ${rowsOf(done)}${rightNote(done)}`,
      )
    })
}

interface BackupOptions {
  force?: boolean
  withoutSecrets?: boolean
}

interface RestoreOptions {
  replace?: boolean
  withoutSecrets?: boolean
  showSecrets?: boolean
  yes?: boolean
}

function rowsOf({ rows = {} }: BackupDone): string {
  const told = [
    ['account', 'users'],
    ['link', 'links'],
    ['source_file', 'files'],
    ['traffic_entry', 'entries of the ledger'],
    ['host_account', 'accounts'],
  ] as const
  return told.map(([table, name]) => `${rows[table] ?? 0} ${name}`).join(', ')
}

const keyNote = ({ hasSecrets }: BackupDone): string =>
  hasSecrets ? '' : '\nSECRETS_KEY is not in it: keep that, too; without it the credentials in it are lost'

const rightNote = ({ isKeyRight }: BackupDone): string =>
  isKeyRight === false
    ? '\nSECRETS_KEY is another one: set the credentials of your accounts anew (obb account set)'
    : ''

/** By a process of its own, which has what the owner of the database needs. Raises CliError. */
async function give(io: Io, order: BackupOrder): Promise<BackupDone> {
  const module = join(io.root, 'apps', 'stack', 'dist', 'backup-command.js')
  if (!existsSync(module)) throw new CliError('OBB is not built yet; run npm start or npm run build first')
  const child = fork(module, {
    // Where npm start reads its .env, and what its paths are relative to.
    cwd: io.root,
    env: { ...io.env, ...(io.env['OBB_HOME'] ? { OBB_HOME: resolve(io.cwd, io.env['OBB_HOME']) } : {}) },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const stop = () => child.kill('SIGTERM')
  io.signal.addEventListener('abort', stop)
  const ended = once(child, 'exit')
  try {
    return await new Promise<BackupDone>((resolveDone, reject) => {
      child.on('message', (message) => {
        const told = backupMessageSchema.parse(message)
        if ('done' in told) resolveDone(told.done)
        else if ('failed' in told) reject(io.signal.aborted ? interruption() : new CliError(told.failed))
        else passphrase(io, order).then((text) => child.send(text), reject)
      })
      child.once('error', reject)
      void ended.then(() =>
        reject(io.signal.aborted ? interruption() : new CliError('it ended without a word')),
      )
      child.send(order)
    })
  } catch (error) {
    stop()
    throw error
  } finally {
    io.signal.removeEventListener('abort', stop)
    await ended
  }
}

/** Of a new backup twice. Raises UsageError where nobody can be asked. */
async function passphrase(io: Io, { command }: BackupOrder): Promise<string> {
  if (io.stdin.isTTY !== true)
    throw new UsageError(
      `a passphrase is needed: set BACKUP_PASSPHRASE or BACKUP_PASSPHRASE_FILE${
        command === 'show-secrets' ? '' : `, or give ${WITHOUT_SECRETS}`
      }`,
    )
  const names = command === 'backup' ? ['passphrase for the SECRETS_KEY in it', 'once more'] : ['passphrase']
  const [first = '', second = first] = [...(await readLines(io, names)).values()]
  if (first !== second) throw new CliError('these are two different passphrases')
  if (command === 'backup' && first.length < 12) throw new CliError('a passphrase has at least 12 characters')
  return first
}
