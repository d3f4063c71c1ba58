import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { auditPageSchema, linkSchema, shareListSchema, shareRemovedSchema, shareSchema } from '@obb/contracts'
import { TrafficLedger } from '@obb/core/traffic'
import { Gateway } from '../testing/gateway.js'
import { People } from '../testing/people.js'
import { expectRefusal, successOf } from '../testing/strict.js'

let gateway: Gateway
let people: People
let n = 0

beforeAll(async () => {
  gateway = await Gateway.start({ TRUSTED_PROXIES: '127.0.0.1' })
  people = new People(gateway)
  await gateway.poolAccount()
  await gateway.fetcherAlive()
})
afterAll(() => gateway.close())

async function linkOf(apiKey: string): Promise<string> {
  const { url, file } = await gateway.knownFile(++n)
  const { linkId } = successOf(await gateway.call(apiKey, 'POST', '/unrestrict', { url }), linkSchema)
  await gateway.fetched(file.id)
  return linkId
}

async function changesBy(email: string) {
  const { items } = successOf(await gateway.admin('GET', `/audit?who=${email}`), auditPageSchema)
  return items.map(({ action, target, outcome }) => [action, target, outcome])
}

describe('shares', () => {
  it('are made, listed and taken back, by key and by session, charge nothing, and are in the audit log', async () => {
    const { id, apiKey, email, page } = await people.signedIn()
    const linkId = await linkOf(apiKey)
    const charged = (await TrafficLedger.entries(gateway.database, id)).length
    const made = successOf(
      await gateway.call(apiKey, 'POST', `/links/${linkId}/shares`, { max_downloads: 3 }),
      shareSchema,
    )
    expect(made).toMatchObject({ linkId, state: 'open', downloads: 0, max_downloads: 3 })
    expect(new URL(made.url).pathname.split('/').slice(0, 3)).toEqual(['', 'download', made.id])
    expect(made.url).not.toContain(linkId)
    const listed = successOf(await page.call('GET', `links/${linkId}/shares`), shareListSchema)
    expect(listed.shares).toEqual([made])
    successOf(await page.call('DELETE', `links/${linkId}/shares/${made.id}`), shareRemovedSchema)
    expect(successOf(await page.call('GET', `links/${linkId}/shares`), shareListSchema).shares).toEqual([])
    expect(await TrafficLedger.entries(gateway.database, id)).toHaveLength(charged)

    expect(await changesBy(email)).toEqual([
      ['DELETE /links/:linkId/shares/:shareId', `link ${linkId.slice(0, 8)}`, 'ok'],
      ['POST /links/:linkId/shares', `link ${linkId.slice(0, 8)}`, 'ok'],
    ])
  })

  it('are nobody else’s, whose tries fill no audit log, and not for keys that may not tell a download URL', async () => {
    const [mine, theirs] = [await people.signedIn(), await people.signedIn()]
    const linkId = await linkOf(mine.apiKey)
    const { id } = successOf(await mine.page.call('POST', `links/${linkId}/shares`, {}), shareSchema)
    expectRefusal(await theirs.page.call('POST', `links/${linkId}/shares`, {}), 'link_unknown')
    expectRefusal(await theirs.page.call('GET', `links/${linkId}/shares`), 'link_unknown')
    expectRefusal(await theirs.page.call('DELETE', `links/${linkId}/shares/${id}`), 'resource_unknown')
    expectRefusal(await mine.page.call('GET', 'links/%00/shares'), 'link_unknown')
    successOf(await mine.page.call('DELETE', `links/${linkId}/shares/${id}`), shareRemovedSchema)
    expectRefusal(await mine.page.call('DELETE', `links/${linkId}/shares/${id}`), 'resource_unknown')
    expect(await changesBy(theirs.email)).toEqual([])
    expect(await changesBy(mine.email)).toHaveLength(2)
    const terms = { name: 'watcher', scopes: ['read', 'submit'] }
    const { apiKey } = (await mine.page.call('POST', 'keys', terms)).body.data
    for (const [method, path] of [
      ['GET', `/links/${linkId}/shares`],
      ['POST', `/links/${linkId}/shares`],
      ['DELETE', `/links/${linkId}/shares/${id}`],
    ] as const)
      expectRefusal(
        await gateway.call(apiKey, method, path, method === 'POST' ? {} : undefined),
        'key_scope_missing',
      )
  })

  it.each([{ max_downloads: 0 }, { max_downloads: 1001 }, { expires_in_seconds: 1 }, { other: 1 }])(
    'are refused with terms such as %p',
    async (terms) => {
      const { apiKey, page } = await people.signedIn()
      const linkId = await linkOf(apiKey)
      expectRefusal(await page.call('POST', `links/${linkId}/shares`, terms), 'request_invalid')
    },
  )
})
