import { ConfigError, ROLE_HOLDERS, parseConfig, rolePasswordOf, type Config } from '@obb/core/config'
import { listenAddress } from '@obb/core/process'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { clusterExists } from '@obb/embedded-postgres'
import { newSecret, newSetupCode, readSecrets, writeSecrets, type Secrets } from './secrets.js'
import { StartError } from './start-error.js'

/** The environment of every process of the stack. */
export type Environment = Record<string, string>

const VALID_DATABASE_URL = 'postgresql://127.0.0.1/obb'

/**
 * Every setting checked, with stand-ins for what the stack finds out only later. Raises ConfigError with all
 * faults.
 */
export function checkSettings(env: Environment): Config {
  const config = parseConfig({ DATABASE_URL: VALID_DATABASE_URL, SECRETS_KEY: newSecret(), ...env })
  const faults = PORTS.flatMap((name, index) => {
    const isPicked = config[name] === undefined || config[name] === 0
    const same = isPicked ? undefined : PORTS.slice(0, index).find((each) => config[each] === config[name])
    return same === undefined ? [] : [`${name} is the same as ${same} (${config[name]})`]
  })
  if (faults.length > 0) throw new ConfigError(faults)
  return config
}

const PORTS = [
  'API_PORT',
  'PROXY_PORT',
  'ADMIN_PORT',
  'FETCHER_PORT',
  'API_MONITOR_PORT',
  'PROXY_MONITOR_PORT',
] as const

const isFree = (port: number, host: string) =>
  new Promise<true | string>((resolve) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    probe.listen(port, host, () => probe.close(() => resolve(true)))
  })

/**
 * The address that HOST means, where its ports are free, and those of the other hosts. Raises StartError naming the
 * variable to change.
 */
export async function checkAddresses(config: Config): Promise<string> {
  const address = await checkAddress(config, 'HOST', ['API_PORT', 'PROXY_PORT'])
  await checkAddress(config, 'ADMIN_HOST', ['ADMIN_PORT'])
  await checkAddress(config, 'MONITOR_HOST', ['FETCHER_PORT', 'API_MONITOR_PORT', 'PROXY_MONITOR_PORT'])
  return address
}

async function checkAddress(
  config: Config,
  variable: 'HOST' | 'ADMIN_HOST' | 'MONITOR_HOST',
  ports: readonly (typeof PORTS)[number][],
): Promise<string> {
  const host = config[variable]
  const address = await listenAddress(host).catch(() => {
    throw new StartError(`${variable} ${host} is no address, and no name that this machine can look up.`)
  })
  for (const name of ports) {
    const port = config[name]
    if (port === undefined) continue
    const answer = await isFree(port, address)
    if (answer === 'EADDRNOTAVAIL') {
      throw new StartError(`${variable} ${host} is not an address of this machine.`)
    }
    if (answer === true) continue
    const reason = answer === 'EADDRINUSE' ? 'is in use' : `cannot be opened (${answer})`
    throw new StartError(
      `${name} ${port} ${reason} on ${host}. Set ${name} to another port; 0 picks a free one.`,
    )
  }
  return address
}

export const databaseDirectory = (home: string): string => join(home, 'postgres')

/** Where the nightly backups lie. */
export const backupDirectory = ({ BACKUP_DIR, OBB_HOME }: Pick<Config, 'BACKUP_DIR' | 'OBB_HOME'>): string =>
  BACKUP_DIR ?? join(OBB_HOME, 'backups')

/** secretsFor makes up at the first start what the environment does not give, and keeps it. */
export function secretsFor(home: string, env: Environment): Secrets {
  const kept = readSecrets(home)
  const isEmbedded = env['DATABASE_URL'] === undefined
  if (isEmbedded && kept.databasePassword === undefined && clusterExists(databaseDirectory(home))) {
    throw new StartError(
      `${home} holds a database, but secrets.json is gone. Restore it, or move ${home} away to begin anew.`,
    )
  }
  const secrets: Secrets = {
    ...kept,
    ...(env['SECRETS_KEY'] === undefined && { secretsKey: kept.secretsKey ?? newSecret() }),
    ...(env['ADMIN_TOKEN'] === undefined && { adminToken: kept.adminToken ?? newSecret() }),
    ...(env['SETUP_CODE'] === undefined && { setupCode: kept.setupCode ?? newSetupCode() }),
    ...(isEmbedded && {
      databasePassword: kept.databasePassword ?? newSecret(),
      rolePasswords: {
        ...Object.fromEntries(ROLE_HOLDERS.map((name) => [name, newSecret()])),
        ...kept.rolePasswords,
      },
    }),
  }
  writeSecrets(home, secrets)
  return secrets
}

/** The settings that say which roles the processes have in an embedded database. */
export const roleSettings = ({ rolePasswords = {} }: Secrets): Environment =>
  Object.fromEntries(ROLE_HOLDERS.map((name) => [rolePasswordOf(name), rolePasswords[name] ?? '']))
