/*
 * The floor of bench:api as a process of its own: the clients of one gateway straight at PostgreSQL. A message
 * `{ url, keys, size, connections }` opens the connections; after that each `{ ms }` is answered with the times, ms, of
 * the charges that were made in so long.
 */
import { Buffer } from 'node:buffer'
import pg from 'pg'

let charges

process.on('message', async (message) => {
  if ('ms' in message) return process.send(await charges(message.ms))
  charges = await open(message)
  process.send('ready')
})

async function open({ url, keys, size, connections }) {
  const clients = await Promise.all(connections.map(() => connect(url)))
  return async (ms) => {
    const times = []
    const until = performance.now() + ms
    await Promise.all(
      clients.map(async (client, at) => {
        for (let turn = connections[at]; performance.now() < until; turn++) {
          const begun = performance.now()
          await charge(client, keys[turn % keys.length], size)
          times.push(performance.now() - begun)
        }
      }),
    )
    return times
  }
}

async function connect(url) {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined) // PostgreSQL may end first
  await client.connect()
  return client
}

async function charge(client, hash, size) {
  const { rows } = await client.query({
    name: 'key',
    text: 'SELECT a.id FROM api_key k JOIN account a ON a.id = k.account_id WHERE k.hash = $1 AND k.revoked_at IS NULL',
    values: [Buffer.from(hash, 'hex')],
  })
  await client.query('BEGIN')
  await client.query({
    name: 'charge',
    text: `WITH paid AS (
             UPDATE account SET traffic_left = traffic_left - $2 WHERE id = $1 AND traffic_left >= $2 RETURNING id)
           INSERT INTO traffic_entry (account_id, kind, bytes, platform, created_at)
           SELECT id, 'charge', -$2::bigint, 'RapidGator', now() FROM paid`,
    values: [rows[0].id, size],
  })
  await client.query('COMMIT')
}
