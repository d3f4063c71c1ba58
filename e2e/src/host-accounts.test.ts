import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { ADMIN_API } from '@obb/contracts'
import { SEALED, Vault } from '@obb/core/secrets'
import { type FakeHost, type TransferKnobs, loadFake } from '@obb/host-adapters/testing'
import { PART, WatchedContent } from './fetch-content.js'
import { Installation } from './installation.js'

const SIZE = 4 * PART

/** Accounts of the operator, saved after their host took them: gateway, queue, fetcher and the stand-in of a host. */
describe('an account of the operator', () => {
  let obb: Installation
  let host: FakeHost<TransferKnobs>

  beforeAll(async () => {
    obb = await Installation.start('embedded', { LOG_LEVEL: 'trace' })
    host = await (await loadFake('RapidGator')).start()
    await obb.admin('PATCH', '/hosts/RapidGator', { origins: host.origins })
    await obb.startFetcher()
  }, 120_000)
  afterAll(async () => {
    await obb.close()
    await host.close()
  })

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what the tests assert
  async function call(method: string, path: string, body?: unknown): Promise<{ code: number; body: any }> {
    const response = await fetch(obb.adminApi + ADMIN_API + path, {
      method,
      headers: { authorization: `Bearer ${obb.adminToken}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { code: response.status, body: await response.json() }
  }
  const rows = async (): Promise<number> =>
    (await obb.database.query('SELECT count(*)::int AS n FROM host_account'))[0].n
  const wrong = () => ({ ...host.credentials, password: 'not-the-password' })

  it('with a wrong password is refused in the host’s words, and nothing is left of it', async () => {
    const answer = await call('POST', '/accounts', { platform: 'RapidGator', credentials: wrong() })
    expect(answer).toMatchObject({ code: 422, body: { success: false, status: 900 } })
    expect(answer.body.details.join(' ')).toMatch(/ACCOUNT_INVALID: .+/)
    expect(await rows()).toBe(0)
    expect(JSON.stringify(answer.body)).not.toContain('not-the-password')
  })

  it('whose host is away is not saved either, with 105', async () => {
    const { origins } = host
    await obb.admin('PATCH', '/hosts/RapidGator', { origins: { api: 'http://127.0.0.1:1' } })
    const answer = await call('POST', '/accounts', { platform: 'RapidGator', credentials: host.credentials })
    expect(answer).toMatchObject({ code: 503, body: { status: 105 } })
    expect(answer.body.details.join(' ')).toContain('--untested')
    await obb.admin('PATCH', '/hosts/RapidGator', { origins })
    expect(await rows()).toBe(0)
  })

  it('that the host takes is saved with what it told, once, and gets a new password only after a test', async () => {
    const body = { platform: 'RapidGator', credentials: host.credentials }
    const { data } = (await call('POST', '/accounts', body)).body
    expect(data).toEqual({ id: expect.any(String), tested: true })
    const [account] = (await obb.admin('GET', '/accounts')).items
    expect(account).toMatchObject({ id: data.id, enabled: true, premium: true, offReason: null })
    const twice = await call('POST', '/accounts', body)
    expect(twice.code).toBe(409)
    expect(twice.body.details.join(' ')).toContain(data.id)

    const set = (credentials: object, more = {}) =>
      call('PATCH', `/accounts/${data.id}`, { credentials, maxDownloads: 1, ...more })
    const refused = await set({ password: 'not-the-password' })
    expect([refused.code, refused.body.status]).toEqual([422, 900])
    expect((await call('POST', `/accounts/${data.id}/check`)).body.data).toMatchObject({
      offReason: null,
      maxDownloads: null,
    })
    expect((await set({ password: 'not-the-password' }, { untested: true })).code).toBe(200)
    const off = (await call('POST', `/accounts/${data.id}/check`)).body.data
    expect(off).toMatchObject({ enabled: false, maxDownloads: 1 })
    const back = await set({ password: host.credentials['password'] })
    expect(back.body.data).toMatchObject({ id: data.id, enabled: true, offReason: null })
    expect(await rows()).toBe(1)
  })

  it('that is removed in the midst of a fetch leaves it to the next account', async () => {
    const first = (await obb.admin('GET', '/accounts')).items[0].id as string
    const second = await obb.admin('POST', '/accounts', {
      ...{ platform: 'RapidGator', credentials: { ...host.credentials, email: 'OTHER@example.test' } },
      untested: true,
    })
    await obb.admin('POST', `/accounts/${second.id}/disable`)
    const key = (await obb.admin('POST', '/users', { email: 'u@example.test', traffic: 10 * SIZE })).apiKey
    const content = new WatchedContent(SIZE, 7)
    const url = host.addFile({ name: 'moved.bin', content, md5: await content.digest('md5') })
    host.knobs.bytesPerSecond = PART / 60
    const { linkId } = (await obb.call(key, 'POST', '/unrestrict', { url })).body.data
    while (content.reads.length === 0) await sleep(20)
    // The second is the first by another name, as far as the stand-in can tell: its credentials are the right ones.
    const vault = new Vault(obb.config.SECRETS_KEY)
    const [{ sealed }] = await obb.database.query(
      'SELECT sealed_credentials AS sealed FROM host_account WHERE id = $1',
      [first],
    )
    await obb.database.query(
      'UPDATE host_account SET sealed_credentials = $2, enabled = true, off_reason = NULL WHERE id = $1',
      [second.id, vault.move(SEALED.credentials.purpose, { from: first, to: second.id }, sealed)],
    )
    expect((await call('DELETE', `/accounts/${first}`)).body.data).toEqual({ id: first, removed: true })
    let holder: string | undefined
    while (holder !== second.id) {
      await sleep(50)
      ;[{ holder } = { holder: undefined }] = await obb.database.query(
        'SELECT host_account_id AS holder FROM pool_lease',
      )
    }
    host.knobs.bytesPerSecond = 0
    const done = await obb.settled(key, linkId)
    expect(done.body.data).toMatchObject({
      remote_status: 'done',
      hashes: { sha256: await content.digest('sha256') },
    })
    const [{ attempts }] = await obb.database.query('SELECT attempts FROM source_file')
    expect(attempts).toBe(0)
  }, 60_000)

  it('never stands in the queue or in a log in the clear', async () => {
    const tables = await obb.database.query(
      `SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name FROM pg_tables
        WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    )
    const secrets = ['not-the-password', host.credentials['password'] ?? '']
    for (const { name } of tables) {
      for (const secret of secrets) {
        const hits = await obb.database.query(`SELECT 1 FROM ${name} t WHERE t::text LIKE '%' || $1 || '%'`, [
          secret,
        ])
        expect([name, hits]).toEqual([name, []])
      }
    }
    for (const secret of secrets) expect(obb.logged.join('\n')).not.toContain(secret)
  })
})
