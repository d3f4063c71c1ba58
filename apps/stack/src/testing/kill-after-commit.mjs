/* Preloaded into a process of a test (`node --import`): kills it with SIGKILL once a restore has its rows committed. */
import { createRequire } from 'node:module'

const { Client } = createRequire(new URL('../../../../packages/core/package.json', import.meta.url))('pg')
const { query } = Client.prototype

Client.prototype.query = function (...args) {
  const result = query.apply(this, args)
  const { application_name: name } = this.connectionParameters
  if (name === 'obb restore' && args[0] === 'COMMIT') result.then(() => process.kill(process.pid, 'SIGKILL'))
  return result
}
