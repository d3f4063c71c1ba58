import { pathToFileURL } from 'node:url'
import { join } from 'node:path'
import { root, say, setUp } from './setup.mjs'

const HELP = `npm start: runs OBB on this machine: API, download proxy, fetcher and an embedded PostgreSQL.

The first start installs the dependencies and builds; later ones need no network.
Settings come from the environment and from .env; the important ones:

  OBB_HOME               data directory                                  ./data
  API_PORT, PROXY_PORT   0 picks a free one                              8080, 8081
  ADMIN_PORT             of the admin API, on 127.0.0.1                  8083
  HOST                   address to listen on; 0.0.0.0 for other machines 127.0.0.1
  TRUSTED_PROXIES        reverse proxies that are believed               none
  DATABASE_URL           a PostgreSQL instead of the embedded one
  REDIS_URL              a Redis for the queue instead of PostgreSQL
  S3_ENDPOINT …          an S3 store instead of a local directory

When everything runs, $OBB_HOME/ready.json holds the addresses, the first user's API key and the admin token,
and a line beginning with "ready" is printed. Ctrl-C or SIGTERM stops everything. Logs: $OBB_HOME/logs.
`

export async function main(args) {
  if (args.some((argument) => argument === '--help' || argument === '-h')) {
    process.stdout.write(HELP)
    return
  }
  await setUp()
  say('Starting OBB …')
  process.chdir(root)
  // In this process, so that signals need no passing on.
  await import(pathToFileURL(join(root, 'apps', 'stack', 'dist', 'main.js')).href)
}
