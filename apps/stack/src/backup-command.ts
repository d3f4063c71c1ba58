import { backupOrderSchema, type BackupDone, type BackupMessage, type BackupOrder } from '@obb/contracts'
import {
  BackupError,
  type InstallationSecrets,
  type Manifest,
  backUp,
  backupId,
  inspectBackup,
  openSecrets,
  restore,
} from '@obb/core/backup'
import { ConfigError, readSettings } from '@obb/core/config'
import { keyIdOf } from '@obb/core/secrets'
import { existsSync } from 'node:fs'
import { openToRead, openToRestore } from './owner-database.js'
import { checkSettings, type Environment } from './settings.js'
import { StartError } from './start-error.js'

/*
 * What `./obb backup` and `./obb restore` do, in a process of its own: the command line forks it, sends an order, and
 * hears what came of it. A passphrase that no setting has is asked for, by whom it is needed.
 */

const tell = (message: BackupMessage) =>
  new Promise<void>((resolve) => process.send?.(message, undefined, undefined, () => resolve()))

const stop = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stop.abort())

process.once('disconnect', () => stop.abort())

/** Raises BackupError where nobody will say anything any more. */
const heard = () =>
  new Promise<unknown>((resolve, reject) => {
    process.once('message', resolve)
    stop.signal.addEventListener('abort', () => reject(new BackupError('Stopped; nothing was changed.')))
  })

async function passphraseFor(settings: Environment): Promise<string> {
  const set = checkSettings(settings).BACKUP_PASSPHRASE
  if (set !== undefined) return set
  const answer = heard()
  await tell({ needs: 'passphrase' })
  return String(await answer)
}

async function makeBackup(
  { path, withoutSecrets, replace }: BackupOrder,
  settings: Environment,
): Promise<BackupDone> {
  if (existsSync(path) && !replace)
    throw new BackupError(`${path} is there already. Name another file, or give --force.`)
  const { url, secrets, close } = await openToRead(settings)
  try {
    const sealed = withoutSecrets ? undefined : { passphrase: await passphraseFor(settings), secrets }
    const [secretsKey] = keysOf(settings, secrets)
    const { rows, madeAt } = await backUp({ databaseUrl: url, path, secretsKey, sealed, signal: stop.signal })
    return { madeAt, rows, hasSecrets: sealed !== undefined }
  } finally {
    await close()
  }
}

async function restoreBackup(order: BackupOrder, settings: Environment): Promise<BackupDone> {
  const { path, replace } = order
  const manifest = await inspectBackup(path)
  const { url, secrets: own, passwords, prepare, close } = await openToRestore(settings)
  try {
    const sealedWith = (keys: readonly Buffer[]) => keys.some((key) => keyIdOf(key) === manifest.keyId)
    const hasKey = sealedWith(keysOf(settings, own))
    const secrets = hasKey || order.withoutSecrets ? own : await secretsIn(order, manifest, settings)
    const { rows } = await restore({
      databaseUrl: url,
      path,
      manifest,
      replace,
      passwords,
      whenLoaded: prepare(backupId(manifest), secrets),
      signal: stop.signal,
    })
    return {
      madeAt: manifest.madeAt,
      rows,
      hasSecrets: manifest.secrets !== null,
      isKeyRight: sealedWith(keysOf(settings, secrets)),
    }
  } finally {
    await close()
  }
}

/** For an installation whose SECRETS_KEY is another one. */
async function secretsIn(
  { path }: BackupOrder,
  manifest: Manifest,
  settings: Environment,
): Promise<InstallationSecrets> {
  if (manifest.secrets === null)
    throw new BackupError(
      `What ${path} has of credentials was sealed with another SECRETS_KEY, which is not in it. Set SECRETS_KEY to that ` +
        'one, or give --without-secrets: then the credentials of your accounts have to be set anew.',
    )
  if (settings['SECRETS_KEY'] !== undefined)
    throw new BackupError(
      `SECRETS_KEY of the settings is another one than that of ${path}. ./obb restore ${path} --show-secrets tells ` +
        'the right one; or give --without-secrets: then the credentials of your accounts have to be set anew.',
    )
  return openSecrets(await passphraseFor(settings), manifest.secrets)
}

async function showSecrets({ path }: BackupOrder, settings: Environment): Promise<BackupDone> {
  const { secrets, madeAt } = await inspectBackup(path)
  if (secrets === null) throw new BackupError(`${path} was made without its SECRETS_KEY.`)
  const { secretsKey } = await openSecrets(await passphraseFor(settings), secrets)
  return { madeAt, hasSecrets: true, secretsKey }
}

/** The key that seals, and the older ones that still open. */
function keysOf(settings: Environment, { secretsKey }: InstallationSecrets): [Buffer, ...Buffer[]] {
  const { SECRETS_KEY, SECRETS_KEYS_OLD } = checkSettings({ ...settings, SECRETS_KEY: secretsKey })
  return [SECRETS_KEY, ...SECRETS_KEYS_OLD]
}

const COMMANDS = { backup: makeBackup, restore: restoreBackup, 'show-secrets': showSecrets }

async function run(): Promise<BackupMessage> {
  try {
    const order = backupOrderSchema.parse(await heard())
    return { done: await COMMANDS[order.command](order, readSettings()) }
  } catch (error) {
    return { failed: reasonOf(error) }
  }
}

function reasonOf(error: unknown): string {
  const isExpected =
    error instanceof BackupError || error instanceof StartError || error instanceof ConfigError
  if (isExpected) return error.message
  if (!(error instanceof Error)) return String(error)
  // Of the system or of PostgreSQL; anything else is a fault of ours.
  const { code, message } = error as NodeJS.ErrnoException
  return code === undefined ? (error.stack ?? message) : message || code
}

const outcome = await run()
if (process.connected) {
  await tell(outcome)
  process.disconnect()
}
