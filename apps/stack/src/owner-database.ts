import type { InstallationSecrets } from '@obb/core/backup'
import { rolePasswords } from '@obb/core/config'
import type { RolePasswords } from '@obb/core/database'
import { clusterExists, runningPostgres, startPostgres } from '@obb/embedded-postgres'
import { makeHome } from './home.js'
import { lockHome } from './home-lock.js'
import { afterRestore, readSecrets, writeSecrets, type Secrets } from './secrets.js'
import { checkSettings, databaseDirectory, roleSettings, secretsFor, type Environment } from './settings.js'
import { StartError } from './start-error.js'

/** The database of an installation, as its owner, for who backs it up or restores it. */
export interface OwnerDatabase {
  url: string
  secrets: InstallationSecrets
  /** Of the roles of the processes. */
  passwords: RolePasswords
  /**
   * Has the secrets of a backup ready for when its rows are there, as far as the settings do not say others; what is
   * returned then makes them those of the next start. Where nobody comes to that, the next start does.
   */
  prepare(backup: string, secrets: InstallationSecrets): () => void
  close(): Promise<void>
}

type Connection = Pick<OwnerDatabase, 'url' | 'close'>

/** Beside a running server, or without one. Raises ConfigError, StartError. */
export async function openToRead(settings: Environment): Promise<OwnerDatabase> {
  const config = checkSettings(settings)
  const kept = readSecrets(config.OBB_HOME)
  const known = knownTo(settings, kept)
  if (settings['DATABASE_URL'] !== undefined) return { ...known, ...elsewhere(config.DATABASE_URL) }
  const directory = databaseDirectory(config.OBB_HOME)
  const { databasePassword: password } = kept
  if (password === undefined || !clusterExists(directory))
    throw new StartError(
      `There is no database in ${config.OBB_HOME}. Set OBB_HOME to the data directory, or DATABASE_URL.`,
    )
  const running = runningPostgres(directory, password)
  const connection = running === undefined ? await started(config.OBB_HOME, password) : elsewhere(running)
  return { ...known, ...connection }
}

/** While no server runs. What a first start would make up is made up. Raises ConfigError, StartError. */
export async function openToRestore(settings: Environment): Promise<OwnerDatabase> {
  const config = checkSettings(settings)
  const home = config.OBB_HOME
  const isEmbedded = settings['DATABASE_URL'] === undefined
  // As in containers, where nothing is kept on a disk but the files.
  if (!isEmbedded && settings['SECRETS_KEY'] !== undefined)
    return { ...knownTo(settings, {}), ...elsewhere(config.DATABASE_URL) }
  makeHome(home)
  const own = secretsFor(home, settings)
  const prepare = (backup: string, { secretsKey, adminToken, apiKey }: InstallationSecrets) => {
    const restoring = {
      backup,
      ...(settings['SECRETS_KEY'] === undefined && { secretsKey }),
      ...(settings['ADMIN_TOKEN'] === undefined && adminToken !== undefined && { adminToken }),
      apiKey: apiKey ?? '', // users are there, and none is to be made
    }
    const prepared = { ...own, restoring }
    writeSecrets(home, prepared)
    return () => writeSecrets(home, afterRestore(prepared, backup))
  }
  const connection = isEmbedded
    ? await started(home, own.databasePassword ?? '')
    : elsewhere(config.DATABASE_URL, lockHome(home))
  return { ...knownTo(settings, own), ...connection, prepare }
}

function elsewhere(url: string, release: () => void = () => undefined): Connection {
  return { url, close: () => Promise.resolve(release()) }
}

async function started(home: string, password: string): Promise<Connection> {
  const release = lockHome(home)
  try {
    const server = await startPostgres({ directory: databaseDirectory(home), password })
    const close = async () => {
      await server.stop()
      release()
    }
    return { url: server.url(), close }
  } catch (error) {
    release()
    throw new StartError(error instanceof Error ? error.message : String(error))
  }
}

function knownTo(
  settings: Environment,
  kept: Secrets,
): Pick<OwnerDatabase, 'secrets' | 'passwords' | 'prepare'> {
  const secretsKey = settings['SECRETS_KEY'] ?? kept.secretsKey
  if (secretsKey === undefined)
    throw new StartError('SECRETS_KEY is not set, and there is none in secrets.json of OBB_HOME.')
  const adminToken = settings['ADMIN_TOKEN'] ?? kept.adminToken
  return {
    secrets: { secretsKey, adminToken, apiKey: kept.apiKey },
    passwords: rolePasswords({
      ...(settings['DATABASE_URL'] === undefined && roleSettings(kept)),
      ...settings,
    }),
    prepare: () => () => undefined,
  }
}
