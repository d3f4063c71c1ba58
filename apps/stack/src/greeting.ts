import { resolve } from 'node:path'
import { DOCS_PATH, EXTERNAL_API } from '@obb/contracts'
import type { Config } from '@obb/core/config'
import { FIRST_USER } from './first-user.js'
import { backupDirectory } from './settings.js'

/** Ready is what `$OBB_HOME/ready.json` says: base URLs without a path; the key is empty once it was rotated. */
export interface Ready {
  api: string
  /** Where the admin API is, for `./obb`. */
  admin: string
  proxy: string
  apiKey: string
  /** The user whose key it is: `./obb key rotate` keeps the new key here and in secrets.json. */
  user: string
  adminToken: string
  /** By which somebody becomes the first operator of the portal; while there is none. */
  setupCode?: string
  /** The socket that `./obb restart` speaks to. */
  control?: string
}

export interface Circumstances {
  config: Config
  /** The address that HOST means. */
  address: string
  /** The embedded database, if it is in use. */
  database: string | undefined
  seconds: number
}

const LINK = 'https://rapidgator.net/file/…'

/** greeting is what the operator reads when everything runs; its last line begins with `ready`. */
export function greeting(ready: Ready, { config, address, database, seconds }: Circumstances): string {
  const home = config.OBB_HOME
  const api = config.PUBLIC_API_URL ?? ready.api
  const user =
    ready.apiKey === ''
      ? `unknown here (rotated since); a new one: ./obb key rotate --email ${FIRST_USER.email}`
      : ready.apiKey
  const obb = home === resolve('data') ? './obb' : `OBB_HOME=${quote(home)} ./obb`
  return [
    '',
    `  API            ${api}`,
    `  Downloads      ${config.PUBLIC_PROXY_URL ?? ready.proxy}`,
    `  Admin API      ${ready.admin}`,
    `  Documentation  ${api}${DOCS_PATH}`,
    ...(ready.setupCode === undefined
      ? []
      : [`  Set up         ${api}/setup makes the operator of the portal, with the code ${ready.setupCode}`]),
    `  API key        ${user}`,
    `  JDownloader    reads failures with HTTP 200 only: ${obb} key set --email ${FIRST_USER.email} --errors-as-200`,
    `  Data           ${home}`,
    `  Backups        ${backupLine(config)}`,
    ...(database === undefined || database.startsWith(home) ? [] : [`  Database       ${database}`]),
    '',
    ...reach(config, address),
    '  Fetch a link (the key is read from ready.json in the data directory; elsewhere from OBB_KEY):',
    `    ${obb} get ${LINK}`,
    '  The same by hand, the key from there, too:',
    `    sed -n 's/.*"apiKey": "\\(.*\\)".*/X-Api-Key: \\1/p' ${quote(`${home}/ready.json`)} |`,
    `      curl -s -H @- -H 'Content-Type: application/json' -d '{"url":"${LINK}"}' ${ready.api}${EXTERNAL_API}/unrestrict`,
    '',
    `ready in ${seconds.toFixed(1)} s: ${ready.api} (Ctrl-C stops everything)`,
  ].join('\n')
}

function backupLine(config: Config): string {
  if (config.BACKUP_KEEP === 0) return 'none (BACKUP_KEEP is 0)'
  const key =
    config.BACKUP_PASSPHRASE === undefined ? '; SECRETS_KEY is not in them without a BACKUP_PASSPHRASE' : ''
  return `${backupDirectory(config)} (nightly, the last ${config.BACKUP_KEEP})${key}`
}

/** Who can use the links, where that is not everybody. */
function reach({ HOST, PUBLIC_PROXY_URL, TRUSTED_PROXIES }: Config, address: string): string[] {
  const isLocal = address === '::1' || address.startsWith('127.')
  if (!isLocal || PUBLIC_PROXY_URL !== undefined || TRUSTED_PROXIES.length > 0) return []
  return [
    `  Links are for this machine only, since OBB listens on ${HOST}. For your other devices set HOST=0.0.0.0;`,
    '  behind a reverse proxy set PUBLIC_API_URL and PUBLIC_PROXY_URL (docs/reverse-proxy.md).',
    '',
  ]
}

/** quote gives the text as one word of a shell. */
function quote(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
