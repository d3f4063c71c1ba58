import { createServer } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, it } from '@jest/globals'
import { databaseFault, openDatabase } from './index.js'

const URL_ = 'postgres://obb:geheim@db.lan:5433/portal'
const withCode = (code: string) => Object.assign(new Error('SELECT secret FROM x'), { code })

it.each([
  [
    '28P01',
    /^DATABASE_URL: PostgreSQL at db\.lan:5433 does not take the password of obb\. Check .*DATABASE_PASSWORD/,
  ],
  ['28000', /does not let obb in/],
  ['3D000', /has no database portal/],
  ['42501', /denies obb what it needs\. Run the migration/],
  ['ECONNREFUSED', /cannot be reached \(ECONNREFUSED\)\. Check that it runs there/],
  ['ENOTFOUND', /cannot be reached \(ENOTFOUND\)\. Check the name, and the DNS/],
  ['57P03', /is starting or stopping\. Wait for it/],
  ['53300', /has no connection left\. Raise its max_connections, or .*API_DATABASE_POOL/],
  ['53100', /has no room on its disk\. Make room/],
  ['25006', /takes no changes, as a standby\. Name the one that does/],
])('says of %s what it means and what to check, without password and query', (code, text) => {
  const fault = databaseFault(withCode(code), URL_)
  expect(fault).toMatch(text)
  expect(fault).not.toMatch(/geheim|secret/)
})

it('says of a PostgreSQL without TLS that it has none, since its driver has no code for that', () => {
  const error = new Error('The server does not support SSL connections')
  expect(databaseFault(error, URL_)).toMatch(/at db\.lan:5433 speaks no TLS\. Take sslmode out/)
})

it('leaves other errors as they are', () => {
  expect(databaseFault(new Error('a bug'), URL_)).toBeUndefined()
  expect(databaseFault(withCode('42601'), URL_)).toBeUndefined()
})

it('knows the error of a database that is really not there', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  const url = `postgres://obb@127.0.0.1:${port}/obb`
  const error: unknown = await openDatabase(url).catch((reason: unknown) => reason)
  expect(databaseFault(error, url)).toContain(`127.0.0.1:${port} cannot be reached (ECONNREFUSED)`)
})
