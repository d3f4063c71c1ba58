import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type OwnData, PORTAL_API, ownDataSchema } from '@obb/contracts'
import { LinkedIdentities, Passkeys } from '@obb/core/sign-in'
import { transaction } from '@obb/core/locks'
import { Gateway } from '../testing/gateway.js'
import { PASSWORD, People } from '../testing/people.js'
import { expectRefusal, strict } from '../testing/strict.js'

const MINUTE = 60_000

let gateway: Gateway
let people: People
let n = 0
beforeAll(async () => {
  gateway = await Gateway.start({ TRUSTED_PROXIES: '127.0.0.1' })
  people = new People(gateway)
  await gateway.poolAccount()
})
afterAll(() => gateway.close())

type Someone = Awaited<ReturnType<People['signedIn']>>

/** Somebody who has one of everything: a key, a passkey, an identity, a link to a whole file, a share of it. */
async function somebody(): Promise<Someone & { linkId: string; shareId: string; key: string; name: string }> {
  const someone = await people.signedIn()
  const { page, id } = someone
  const credentialId = Buffer.from(`credential of ${id}`)
  await transaction(gateway.database, async (tx) => {
    await gateway.app.get(Passkeys).add(
      id,
      {
        ...{ credentialId, rpId: 'localhost', publicKey: Buffer.from(`public key of ${id}`) },
        ...{ counter: 0, transports: ['internal'], name: 'Phone' },
      },
      tx,
    )
    const identity = { issuer: 'https://id.example', subject: `subject of ${id}`, email: someone.email }
    await gateway.app.get(LinkedIdentities).link(id, identity, tx)
  })
  const webhook = `https://hooks.example/secret-of-${id}`
  await page.call('PATCH', 'notifications', { webhook, events: { link_failed: ['webhook'] } })
  const key = (await page.call('POST', 'keys', { name: 'NAS' })).body.data.apiKey as string
  await gateway.fetcherAlive()
  const { url, file } = await gateway.knownFile(++n, 400)
  const { linkId } = (await page.call('POST', 'unrestrict', { url, package: 'Holidays' })).body.data
  await gateway.fetched(file.id)
  const share = await page.call('POST', `links/${linkId}/shares`, {})
  return { ...someone, key, linkId, shareId: share.body.data.id, name: file.name ?? '' }
}

async function exported({ page }: Pick<Someone, 'page'>): Promise<OwnData> {
  const { code, body } = await page.call('GET', 'data')
  expect([code, body]).toEqual([200, expect.not.objectContaining({ success: false })])
  return strict(ownDataSchema).parse(body)
}

describe('GET /data', () => {
  it('gives all that is known of who is signed in, as a file', async () => {
    const me = await somebody()
    const { headers } = await me.page.call('GET', 'data')
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(headers.get('content-disposition')).toMatch(
      /^attachment; filename="obb-data-\d{4}-\d\d-\d\d\.json"$/,
    )
    gateway.clock.advance(MINUTE)
    const data = await exported(me)
    expect(data.profile).toMatchObject({ id: me.id, email: me.email, role: 'user', totp: false })
    expect(data.keys.map(({ name }) => name).sort()).toEqual(['NAS', 'default'])
    expect(data.keyUsage.map(({ key, bytes, links }) => [key, bytes, links])).toEqual([[null, 400, 1]])
    expect(data.sessions.map(({ current }) => current)).toEqual([true])
    expect(data.passkeys.map(({ name, rpId }) => [name, rpId])).toEqual([['Phone', 'localhost']])
    expect(data.identities.map(({ subject, email }) => [subject, email])).toEqual([
      [`subject of ${me.id}`, me.email],
    ])
    expect(data.notifications).toEqual({
      events: { link_finished: [], link_failed: ['webhook'], host_works_again: [], attention_needed: [] },
      ...{ webhook: { origin: 'https://hooks.example', failingSince: null, error: null }, hosts: [] },
      quiet: null,
    })
    expect(data.links).toEqual([
      expect.objectContaining({
        ...{
          link: me.linkId.slice(0, 8),
          fileName: me.name,
          size: 400,
          package: 'Holidays',
          key: null,
          state: 'done',
        },
        shares: [expect.objectContaining({ downloads: 0 })],
      }),
    ])
    expect(data.ledger.map(({ kind, amount, fileName }) => [kind, amount, fileName])).toEqual([
      ['charge', -400, me.name],
      ['grant', 2 ** 30, undefined],
    ])
  })

  it('holds nothing of others, and nothing that lets anybody in or download', async () => {
    const [me, other] = [await somebody(), await somebody()]
    const text = JSON.stringify((await me.page.call('GET', 'data')).body)
    const [{ hash }] = await gateway.database.query(`SELECT hash FROM api_key WHERE account_id = $1`, [me.id])
    const [signIn] = await gateway.database.query(`SELECT * FROM sign_in WHERE account_id = $1`, [me.id])
    const secrets = [
      ...[
        me.apiKey,
        me.key,
        me.page.cookies.get('obb'),
        me.linkId,
        me.shareId,
        PASSWORD,
        signIn.password_hash,
        `secret-of-${me.id}`,
      ],
      ...(['hex', 'base64', 'base64url'] as const).map((as) => hash.toString(as)),
      ...[`credential of ${me.id}`, `public key of ${me.id}`].flatMap((bytes) =>
        (['hex', 'base64', 'base64url', 'utf8'] as const).map((as) => Buffer.from(bytes).toString(as)),
      ),
    ]
    const ofOther = [other.id, other.email, other.name, other.linkId.slice(0, 8)]
    for (const told of [...secrets, ...ofOther]) expect([told, text.includes(told)]).toEqual([told, false])
    for (const told of [me.id, me.email, me.name]) expect(text).toContain(told)
  })

  it('has each link and each entry of a long past once, in one walk', async () => {
    const { id, page } = await people.signedIn()
    const { file } = await gateway.knownFile(++n, 400)
    await gateway.database.query(
      `WITH made AS (
         INSERT INTO link (id, account_id, file_id, host_domain, charged, created_at, expires_at, ended_at, end_reason)
         SELECT lpad(i::text, 24, '0'), $1, $2, 'rapidgator.net', 7, now() - i * interval '1 minute', now(), now(), 'expired'
           FROM generate_series(1, 450) i RETURNING id)
       INSERT INTO traffic_entry (account_id, kind, bytes, platform, link_id, created_at)
       SELECT $1, 'charge', -7, 'RapidGator', id, now() FROM made`,
      [id, file.id],
    )
    const { links, ledger } = await exported({ page })
    expect([links.length, ledger.length]).toEqual([450, 451])
    expect(new Set(links.map(({ createdAt }) => createdAt)).size).toBe(450)
  })

  it('is given once a minute', async () => {
    const { page } = await people.signedIn()
    await exported({ page })
    expectRefusal(await page.call('GET', 'data'), 'rate_limited')
    gateway.clock.advance(MINUTE)
    await exported({ page })
  })

  it('is given to whose account has ended, and to no key', async () => {
    const { id, page, apiKey } = await people.signedIn()
    await gateway.database.query(`UPDATE account SET expires_at = '2020-01-01' WHERE id = $1`, [id])
    expect((await exported({ page })).profile.expiresAt).toBe('2020-01-01T00:00:00.000Z')
    const bearer = { authorization: `Bearer ${apiKey}` }
    expectRefusal(await gateway.send('GET', `${PORTAL_API}/data`, bearer), 'signed_out')
    expectRefusal(await gateway.call(apiKey, 'GET', '/data'), 'route_unknown')
  })
})
