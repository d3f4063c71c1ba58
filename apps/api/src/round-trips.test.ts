import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { checkSchema, linkSchema } from '@obb/contracts'
import { HostCatalog } from '@obb/core/hosts'
import { Gateway } from './testing/gateway.js'
import { requestQueries } from './testing/request-queries.js'
import { successOf } from './testing/strict.js'

const SIZE = 1_000

let gateway: Gateway
let n = 0

beforeAll(async () => {
  gateway = await Gateway.start()
  await gateway.poolAccount()
})
afterAll(() => gateway.close())
beforeEach(() => gateway.fetcherAlive())

/** The queries of a request. */
async function queries(request: () => Promise<unknown>) {
  await gateway.app.get(HostCatalog).refresh()
  return requestQueries(request)
}

async function storedFile(): Promise<string> {
  const { url, file } = await gateway.knownFile(++n, SIZE)
  await gateway.database.query(`UPDATE source_file SET state = 'done', object_key = 'x' WHERE id = $1`, [
    file.id,
  ])
  return url
}

describe('what a request asks the database', () => {
  it.each([
    ['without caps', {}],
    ['with a cap', { dailyPerHost: 1_000 * SIZE }],
  ])('for a link to a stored file, of an account %s, is one prepared statement', async (_, plan) => {
    const { apiKey } = await gateway.user(plan)
    await gateway.call(apiKey, 'GET', '/account')
    const url = await storedFile()
    const asked = await queries(async () => {
      const answer = await gateway.call(apiKey, 'POST', '/unrestrict', { url })
      expect(successOf(answer, linkSchema).download_ready).toBe(true)
    })
    expect(asked.map(({ prepared }) => prepared)).toEqual([true])
  })

  it('for a poll are two prepared statements, the key and the link', async () => {
    const { apiKey } = await gateway.user()
    const made = await gateway.call(apiKey, 'POST', '/unrestrict', { url: await storedFile() })
    const { linkId } = successOf(made, linkSchema)
    const asked = await queries(() => gateway.call(apiKey, 'GET', `/link/${linkId}`))
    expect(asked.map(({ prepared }) => prepared)).toEqual([true, true])
  })

  it.each([
    ['/account', 2],
    ['/hosts', 4],
    ['/hosts/grouped', 4],
  ])('for %s are %i prepared statements, however much it used', async (path, count) => {
    const { apiKey } = await gateway.user({ dailyPerHost: 1_000 * SIZE })
    for (let link = 0; link < 5; link++) {
      await gateway.call(apiKey, 'POST', '/unrestrict', { url: await storedFile() })
    }
    const asked = await queries(() => gateway.call(apiKey, 'GET', path))
    expect(asked.map(({ prepared }) => prepared)).toEqual(Array(count).fill(true))
  })

  it('for a check of twenty links is a few more than for one, and not twenty times as much', async () => {
    const { apiKey } = await gateway.user({ dailyPerHost: 1_000 * SIZE })
    const files = await Promise.all(Array.from({ length: 20 }, () => gateway.knownFile(++n, SIZE)))
    const urls = files.map(({ url }) => url)
    const check = (some: string[]) =>
      queries(async () => {
        const answer = await gateway.call(apiKey, 'POST', '/check', { urls: some })
        const { results } = successOf(answer, checkSchema)
        expect(results.map(({ availability, status }) => [availability, status])).toEqual(
          some.map(() => ['online', undefined]),
        )
      })
    const one = await check(urls.slice(0, 1))
    const twenty = await check(urls)
    expect(one.length).toBeLessThan(12)
    expect(twenty.length).toBeLessThan(one.length + 10) // the look-ups, some at a time
  })
})
