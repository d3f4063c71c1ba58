import { EXTERNAL_API } from '@obb/contracts'
import { FIRST_USER } from './first-user.js'

/** What `$OBB_HOME/ready.json` says: base URLs without a path; the key is empty once it was rotated. */
export interface Ready {
  api: string
  proxy: string
  apiKey: string
  /** Whose key it is: `./obb key rotate` keeps the new one here and in secrets.json. */
  user: string
  adminToken: string
}

export interface Circumstances {
  home: string
  /** The embedded database, if it is in use. */
  database: string | undefined
  seconds: number
}

const LINK = 'https://rapidgator.net/file/…'

/** What the operator reads when everything runs; its last line begins with `ready`. */
export function greeting(ready: Ready, { home, database, seconds }: Circumstances): string {
  const key = ready.apiKey === '' ? '<key>' : ready.apiKey
  const user =
    ready.apiKey === ''
      ? `unknown here (rotated since); a new one: ./obb key rotate --email ${FIRST_USER.email}`
      : ready.apiKey
  return [
    '',
    `  API        ${ready.api}`,
    `  Downloads  ${ready.proxy}`,
    `  API key    ${user}`,
    `  Data       ${home}`,
    ...(database === undefined || database.startsWith(home) ? [] : [`  Database   ${database}`]),
    '',
    '  Fetch a link:',
    `    ./obb get ${LINK} --key ${key} --api ${ready.api}`,
    '  The same by hand:',
    `    curl -s ${ready.api}${EXTERNAL_API}/unrestrict -H 'Authorization: Bearer ${key}' \\`,
    `      -H 'Content-Type: application/json' -d '{"url":"${LINK}"}'`,
    '',
    `ready in ${seconds.toFixed(1)} s: ${ready.api} (Ctrl-C stops everything)`,
  ].join('\n')
}
