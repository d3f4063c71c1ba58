import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { linkSchema, ownLedgerSchema, usageSchema } from '@obb/contracts'
import { Gateway } from '../testing/gateway.js'
import { expectRefusal, successOf } from '../testing/strict.js'

const SIZE = 400

let gateway: Gateway
let n = 0

beforeAll(async () => {
  gateway = await Gateway.start()
  await gateway.poolAccount()
})
afterAll(() => gateway.close())

/** A user with a link that was charged, and one that was cancelled. */
async function aUser(): Promise<{ apiKey: string; links: string[] }> {
  const { apiKey } = await gateway.user({ traffic: 10_000 })
  const links: string[] = []
  await gateway.fetcherAlive()
  for (let each = 0; each < 2; each++) {
    const { url } = await gateway.knownFile(++n, SIZE)
    links.push(successOf(await gateway.call(apiKey, 'POST', '/unrestrict', { url }), linkSchema).linkId)
  }
  expect((await gateway.call(apiKey, 'DELETE', `/link/${links[1]}`)).code).toBe(200)
  return { apiKey, links }
}

describe('GET /usage', () => {
  it("tells what the caller's links cost by day and platform, and nothing of others", async () => {
    const { apiKey } = await aUser()
    await aUser()
    const { days } = successOf(await gateway.call(apiKey, 'GET', '/usage'), usageSchema)
    const day = new Date(gateway.clock.now()).toISOString().slice(0, 10)
    expect(days).toEqual([{ day, platform: 'RapidGator', charged: 2 * SIZE, refunded: SIZE, links: 2 }])
  })

  it.each(['0', '91', 'all'])('refuses %s days', async (days) => {
    const { apiKey } = await gateway.user()
    expectRefusal(await gateway.call(apiKey, 'GET', `/usage?days=${days}`), 'request_invalid')
  })
})

describe('GET /ledger', () => {
  it('tells every movement with its balance and file, from the newest, in pages', async () => {
    const { apiKey, links } = await aUser()
    await aUser()
    const rows = []
    for (let after = ''; ;) {
      const page = successOf(await gateway.call(apiKey, 'GET', `/ledger?limit=3${after}`), ownLedgerSchema)
      rows.push(...page.items)
      if (page.next === null) break
      after = `&after=${page.next}`
    }
    expect(rows.map(({ kind, amount, balance, linkId }) => [kind, amount, balance, linkId])).toEqual([
      ['refund', SIZE, 10_000 - SIZE, links[1]],
      ['charge', -SIZE, 10_000 - 2 * SIZE, links[1]],
      ['charge', -SIZE, 10_000 - SIZE, links[0]],
      ['grant', 10_000, 10_000, undefined],
    ])
    expect(rows[0]?.fileName).toBe(`file ${n - 2}.bin`)
  })

  it('tells of one kind, platform or time alone, a refund with the charge that it is of', async () => {
    const { apiKey, links } = await aUser()
    const told = async (query: string) => {
      const { items } = successOf(await gateway.call(apiKey, 'GET', `/ledger?${query}`), ownLedgerSchema)
      return items.map(({ kind, linkId, linkCost }) => [kind, linkId, linkCost])
    }
    const refund = ['refund', links[1], 0]
    expect(await told('kind=refund')).toEqual([refund])
    expect(await told('platform=rapidgator')).toEqual([
      ...[refund, ['charge', links[1], 0]],
      ['charge', links[0], SIZE],
    ])
    expect(await told('kind=grant')).toEqual([['grant', undefined, undefined]])
    expect(await told(`since=${new Date(gateway.clock.now() + 1).toISOString()}`)).toEqual([])
    expectRefusal(await gateway.call(apiKey, 'GET', '/ledger?kind=gift'), 'request_invalid')
  })

  it('refuses an `after` of no page', async () => {
    const { apiKey } = await gateway.user()
    expectRefusal(await gateway.call(apiKey, 'GET', '/ledger?after=abc'), 'request_invalid')
  })
})
