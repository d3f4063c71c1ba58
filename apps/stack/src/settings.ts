import { parseConfig, ConfigError, type Config } from '@obb/core/config'
import { listenAddress } from '@obb/core/process'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { clusterExists } from '@obb/embedded-postgres'
import { newSecret, readSecrets, writeSecrets, type Secrets } from './secrets.js'
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
  if (config.API_PORT !== 0 && config.API_PORT === config.PROXY_PORT) {
    throw new ConfigError([`PROXY_PORT is the same as API_PORT (${config.API_PORT})`])
  }
  return config
}

const isFree = (port: number, host: string) =>
  new Promise<true | string>((resolve) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    probe.listen(port, host, () => probe.close(() => resolve(true)))
  })

/** The address that HOST means, where both ports are free. Raises StartError naming the variable to change. */
export async function checkAddress({ HOST, API_PORT, PROXY_PORT }: Config): Promise<string> {
  const address = await listenAddress(HOST).catch(() => {
    throw new StartError(`HOST ${HOST} is no address, and no name that this machine can look up.`)
  })
  for (const [name, port] of Object.entries({ API_PORT, PROXY_PORT })) {
    const answer = await isFree(port, address)
    if (answer === 'EADDRNOTAVAIL') throw new StartError(`HOST ${HOST} is not an address of this machine.`)
    if (answer === true) continue
    const reason = answer === 'EADDRINUSE' ? 'is in use' : `cannot be opened (${answer})`
    throw new StartError(
      `${name} ${port} ${reason} on ${HOST}. Set ${name} to another port; 0 picks a free one.`,
    )
  }
  return address
}

export const databaseDirectory = (home: string): string => join(home, 'postgres')

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
    ...(isEmbedded && { databasePassword: kept.databasePassword ?? newSecret() }),
  }
  writeSecrets(home, secrets)
  return secrets
}
