import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import {
  blockCreatedSchema,
  blockSchema,
  fileViewSchema,
  linkSchema,
  pageSchema,
  resealSchema,
} from '@obb/contracts'
import { Files } from '@obb/core/files'
import { Vault, SEALED } from '@obb/core/secrets'
import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { Gateway, rapidGatorUrl } from '../testing/gateway.js'
import { expectRefusal, successOf } from '../testing/strict.js'

const NOBODY = '00000000-0000-4000-8000-000000000000'
const OLD_KEY = 'cd'.repeat(32)
const SIZE = 1000

let gateway: Gateway
let n = 0
beforeAll(async () => {
  gateway = await Gateway.start({ SECRETS_KEYS_OLD: OLD_KEY })
  await gateway.poolAccount()
})
afterAll(() => gateway.close())
beforeEach(async () => {
  await gateway.fetcherAlive()
  await gateway.database.query('DELETE FROM block')
})

const admin = (method: string, path: string, body?: unknown) => gateway.admin(method, path, body)
const add = async (block: object) =>
  successOf(await admin('POST', '/blocks', { reason: 'a reason', ...block }), blockCreatedSchema)
const unrestrict = (apiKey: string, url: string) => gateway.call(apiKey, 'POST', '/unrestrict', { url })
const leftOf = async (apiKey: string): Promise<number> =>
  (await gateway.call(apiKey, 'GET', '/account')).body.data.trafficleft

describe('the block list', () => {
  it.each<[string, (url: string, fileId: string) => object]>([
    ['its link', (url) => ({ kind: 'url', value: url })],
    [
      'its link in another spelling',
      (url) => ({ kind: 'url', value: url.replace('rapidgator.net', 'rg.to') }),
    ],
    ['its id', (_url, fileId) => ({ kind: 'file', value: `rapidgator:${fileId}` })],
  ])('refuses a file by %s, whatever else is amiss, and nobody is asked or charged', async (_by, blockOf) => {
    const url = rapidGatorUrl(++n)
    await add(blockOf(url, n.toString(16).padStart(32, '0')))
    const { apiKey } = await gateway.user({ traffic: 0 })
    expectRefusal(await unrestrict(apiKey, url), 'file_blocked')
    expect(await gateway.database.query('SELECT 1 FROM source_file WHERE canonical_url = $1', [url])).toEqual(
      [],
    )
  })

  it('refuses a file by its name, known or just told, and one that is served no longer', async () => {
    const known = await gateway.knownFile(++n, SIZE)
    const { apiKey } = await gateway.user()
    successOf(await unrestrict(apiKey, known.url), linkSchema)
    const before = await leftOf(apiKey)
    const { id, files, links } = await add({ kind: 'name', value: `FILE ${n}.*` })
    expect([files, links]).toEqual([1, 1])
    expect(await leftOf(apiKey)).toBe(before + SIZE) // it was not whole yet
    expectRefusal(await unrestrict(apiKey, known.url), 'file_blocked')
    expect(await leftOf(apiKey)).toBe(before + SIZE)
    successOf(await admin('DELETE', `/blocks/${id}`), z.object({ id: z.string() }))
    await gateway.app.get(Files).record(known.file.id, {
      ...{ fileId: known.file.hostFileId, state: 'available', name: 'free.bin', size: SIZE },
    })
    successOf(await unrestrict(apiKey, known.url), linkSchema)
  })

  it('revokes the links of a stored file, which keep their charge, and tells their clients 102', async () => {
    const { url, file } = await gateway.knownFile(++n, SIZE)
    const { apiKey } = await gateway.user()
    const { linkId } = successOf(await unrestrict(apiKey, url), linkSchema)
    await gateway.fetched(file.id)
    const before = await leftOf(apiKey)
    expect(await add({ kind: 'sha256', value: 'A'.repeat(64) })).toMatchObject({
      value: 'a'.repeat(64),
      files: 1,
      links: 1,
    })
    const view = successOf(await gateway.call(apiKey, 'GET', `/link/${linkId}`), linkSchema)
    expect(view).toMatchObject({
      download_ready: false,
      remote_status: 'error',
      link: null,
      error: { status: 102 },
    })
    expect(await leftOf(apiKey)).toBe(before)
    expectRefusal(await unrestrict(apiKey, url), 'file_blocked')
    const { items: listed } = successOf(await admin('GET', '/files'), pageSchema(fileViewSchema))
    expect(listed.find(({ id }) => id === file.id)).toMatchObject({ state: 'error', refusal: 'file_blocked' })
  })

  it('is listed with reason and date, and taken back by id', async () => {
    const { id } = await add({ kind: 'name', value: '*.scr', reason: ' malware ' })
    const createdAt = new Date(gateway.clock.now()).toISOString()
    expect(successOf(await admin('GET', '/blocks'), pageSchema(blockSchema)).items).toEqual([
      { id, kind: 'name', value: '*.scr', reason: 'malware', createdAt },
    ])
    expectRefusal(await admin('POST', '/blocks', { kind: 'name', value: '*.scr', reason: 'r' }), 'conflict')
    expect((await admin('DELETE', `/blocks/${id}`)).code).toBe(200)
    expectRefusal(await admin('DELETE', `/blocks/${id}`), 'resource_unknown')
    expectRefusal(await admin('DELETE', `/blocks/${NOBODY}`), 'resource_unknown')
    expectRefusal(await admin('DELETE', '/blocks/1'), 'request_invalid')
  })

  it.each([
    [{ kind: 'url', value: 'ftp://a.test/x' }, 'url'],
    [{ kind: 'file', value: 'RapidGator' }, 'PLATFORM:FILE_ID'],
    [{ kind: 'file', value: 'RapidGator:' }, 'PLATFORM:FILE_ID'],
    [{ kind: 'file', value: `RapidGator:${'é'.repeat(600)}` }, 'so long'],
    [{ kind: 'name', value: 'a\u0000b' }, 'NUL'],
    [{ kind: 'name', value: 'x', reason: '\u0000' }, 'NUL'],
    [{ kind: 'name', value: 'x'.repeat(257) }, '256'],
    [{ kind: 'name', value: '  ' }, 'value'],
    [{ kind: 'sha256', value: 'abc' }, '64 hex digits'],
    [{ kind: 'host', value: 'x' }, 'kind'],
    [{ kind: 'name', value: 'x', reason: '' }, 'reason'],
    [{ kind: 'name', value: 'x', until: 1 }, 'until'],
  ])('400 with 900 for %j, naming %s', async (block, text) => {
    const refused = expectRefusal(
      await admin('POST', '/blocks', { reason: 'r', ...block }),
      'request_invalid',
    )
    expect(refused.details?.join()).toContain(text)
  })

  it('404 with 900 for a file of a platform that is not there', async () => {
    expectRefusal(
      await admin('POST', '/blocks', { kind: 'file', value: 'Nowhere:1', reason: 'r' }),
      'resource_unknown',
    )
  })
})

describe('sealing again', () => {
  it('brings what an older key sealed under the current one, and says what it could not read', async () => {
    const id = await gateway.poolAccount()
    const write = (vault: Vault) =>
      gateway.database.query(
        'UPDATE host_account SET sealed_credentials = $2, sealed_proxy = $3 WHERE id = $1',
        [
          id,
          vault.seal(SEALED.credentials.purpose, id, { email: 'op@example.test', password: 'p' }),
          new Vault(randomBytes(32)).seal(SEALED.proxy.purpose, id, 'http://p:1'),
        ],
      )
    await write(new Vault(Buffer.from(OLD_KEY, 'hex')))
    const first = successOf(await admin('POST', '/secrets/reseal'), resealSchema)
    expect(first.credentials).toMatchObject({ resealed: 1, unreadable: 0 })
    expect(first.proxy).toEqual({ resealed: 0, current: 0, unreadable: 1 })
    const second = successOf(await admin('POST', '/secrets/reseal'), resealSchema)
    expect(second.credentials).toEqual({ resealed: 0, current: first.credentials.current + 1, unreadable: 0 })
  })
})
