import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  blockSchema,
  fileViewSchema,
  hostAccountSchema,
  ledgerCheckSchema,
  ledgerSchema,
  pageSchema,
  userCreatedSchema,
  userSchema,
} from '@obb/contracts'
import { LOOKED_AT } from '@obb/core/pages'
import { rowsReceived } from '@obb/core/testing'
import type { z } from 'zod'
import { Gateway } from '../testing/gateway.js'
import { expectRefusal, successOf } from '../testing/strict.js'

let gateway: Gateway
let users = 0

beforeAll(async () => {
  gateway = await Gateway.start()
})
afterAll(() => gateway.close())

const admin = (method: string, path: string, body?: unknown) => gateway.admin(method, path, body)
async function add(fields: object = {}): Promise<{ id: string; email: string }> {
  const answer = await admin('POST', '/users', { email: `someone${++users}@example.test`, ...fields })
  return successOf(answer, userCreatedSchema)
}

describe('lists', () => {
  const LISTS: [string, z.ZodType<{ id: string }>][] = [
    ['/users', userSchema],
    ['/accounts', hostAccountSchema],
    ['/files', fileViewSchema],
    ['/blocks', blockSchema],
  ]

  beforeAll(async () => {
    for (let n = 0; n < 7; n++) {
      await add()
      await gateway.poolAccount()
      await gateway.knownFile(9_000 + n, 10)
      await admin('POST', '/blocks', { kind: 'name', value: `blocked ${n}`, reason: 'r' })
      if (n % 3 === 0) gateway.clock.advance(1_000) // some are of the same moment
    }
  })

  /** Page by page; `between` happens after each. */
  async function pagesOf(
    path: string,
    row: z.ZodType<{ id: string }>,
    limit: number,
    between = async () => {},
    filter = '',
  ) {
    const ids: string[][] = []
    for (let next: string | null = ''; next !== null;) {
      const after: string = next === '' ? '' : `&after=${next}`
      const answer = await admin('GET', `${path}?${filter}&limit=${limit}${after}`)
      const page = successOf(answer, pageSchema(row))
      ids.push(page.items.map(({ id }) => id))
      next = page.next
      await between()
    }
    return ids
  }

  it.each(LISTS)('%s comes in pages, which together are the whole list, each row once', async (path, row) => {
    const [whole = [], ...rest] = await pagesOf(path, row, 1000)
    expect(rest).toEqual([])
    expect(new Set(whole).size).toBe(whole.length)
    expect(whole.length).toBeGreaterThan(6)
    for (const limit of [1, 3, whole.length - 1, whole.length]) {
      const pages = await pagesOf(path, row, limit)
      expect(pages.flat()).toEqual(whole)
      expect(pages.slice(0, -1).every((page) => page.length === limit)).toBe(true)
    }
  })

  it('are not shifted by rows that come meanwhile', async () => {
    const before = (await pagesOf('/users', userSchema, 1000)).flat()
    const pages = await pagesOf('/users', userSchema, 3, async () => void (await add()))
    expect(pages.flat().filter((id) => before.includes(id))).toEqual(before)
  })

  it.each([...LISTS.map(([path]) => `${path}?`), '/ledger?email=a@example.test&', '/ledger/check?'])(
    '400 with 900 for %s with what is no limit or no page of it',
    async (path) => {
      await admin('POST', '/users', { email: 'a@example.test' })
      for (const limit of ['0', '-1', '1001', '1.5', 'all', '']) {
        const { details = [] } = expectRefusal(await admin('GET', `${path}limit=${limit}`), 'request_invalid')
        expect(details.join()).toContain('limit')
      }
      const others = [
        'x',
        '%00',
        '[]',
        Buffer.from('["1", "2", "3", "4"]').toString('base64url'),
        'x'.repeat(3000),
      ]
      for (const after of others) {
        const { details = [] } = expectRefusal(await admin('GET', `${path}after=${after}`), 'request_invalid')
        expect(details.join()).toContain('after')
      }
    },
  )

  it('a search looks at so many rows for a page, which may be empty, and goes on where it stopped', async () => {
    await gateway.database.query(
      `INSERT INTO account (id, email, created_at)
       SELECT gen_random_uuid(), 'm' || lpad(n::text, 6, '0') || '@many.test', now() FROM generate_series(1, $1::int) n`,
      [LOOKED_AT],
    )
    const { id } = await add({ email: 'zoe@needle.test' })
    expect(await pagesOf('/users', userSchema, 100, undefined, 'search=NEEDLE')).toEqual([[], [id]])
    expect(await pagesOf('/users', userSchema, 100, undefined, 'search=m000001@')).toHaveLength(2)
    await gateway.database.query(`DELETE FROM account WHERE email LIKE '%@many.test'`)
  })

  it('files are found by a part of their name, by state, and at once by their id', async () => {
    await gateway.database.query(
      `INSERT INTO source_file (id, platform, host_file_id, canonical_url, state, name, checked_at, created_at, updated_at)
       SELECT gen_random_uuid(), 'RapidGator', 'm' || n, 'm' || n, 'idle', 'many.bin', at, at, at
         FROM generate_series(1, $1::int) n, (SELECT now() + interval '9 years' AS at) later`,
      [LOOKED_AT],
    )
    const { file } = await gateway.knownFile(9_000, 10)
    const found = (query: string) => pagesOf('/files', fileViewSchema, 100, undefined, query)
    expect(await found(`search=${file.id.toUpperCase()}`)).toEqual([[file.id]])
    expect((await found('search=9000'))[0]).toEqual([])
    expect((await found('search=9000'))[1]).toContain(file.id)
    expect(await found('state=error')).toEqual([[], []])
  })

  it('the ledger comes in pages, oldest first', async () => {
    const { email } = await add({ traffic: 1 })
    for (let n = 2; n <= 5; n++) await admin('POST', '/users/grant', { email, traffic: n })
    const seen: number[] = []
    for (let next: string | null = ''; next !== null;) {
      const after: string = next === '' ? '' : `&after=${next}`
      const ledger = successOf(await admin('GET', `/ledger?email=${email}&limit=2${after}`), ledgerSchema)
      expect(ledger.trafficLeft).toBe(15)
      seen.push(...ledger.entries.map(({ bytes }) => bytes))
      next = ledger.next
    }
    expect(seen).toEqual([1, 2, 3, 4, 5])
  })

  it('the ledger is checked page by page, and what is not as it says is told', async () => {
    const { id, email } = await add({ traffic: 5 })
    const check = async () => {
      let [accounts, faults]: [number, unknown[]] = [0, []]
      for (let next: string | null = ''; next !== null;) {
        const after: string = next === '' ? '' : `&after=${next}`
        const page = successOf(await admin('GET', `/ledger/check?limit=3${after}`), ledgerCheckSchema)
        ;[accounts, faults] = [accounts + page.accounts, [...faults, ...page.faults]]
        next = page.next
      }
      return { accounts, faults }
    }
    const [{ count }] = await gateway.database.query<[{ count: number }]>('SELECT count(*) FROM account')
    expect(await check()).toEqual({ accounts: count, faults: [] })
    await gateway.database.query('UPDATE account SET traffic_left = 4 WHERE id = $1', [id])
    const fault = {
      accountId: id,
      email,
      of: 'balance',
      platform: null,
      keyId: null,
      hour: null,
      kept: 4,
      ledger: 5,
    }
    expect((await check()).faults).toEqual([fault])
  })
})

describe('a change', () => {
  it('reads the row that it changes and no other, however many there are', async () => {
    const { email } = await add({ traffic: 5 })
    const id = await gateway.poolAccount()
    const changes: [method: string, path: string, body: object][] = [
      ['PATCH', '/users', { email, weight: 2 }],
      ['POST', '/users/grant', { email, traffic: 5 }],
      ['POST', '/users/adjust', { email, traffic: 5, note: 'n' }],
      ['POST', '/users/suspend', { email }],
      ['POST', '/users/resume', { email }],
      ['POST', '/keys/set', { email, errorsAs200: true }],
      ['PATCH', `/accounts/${id}`, { maxDownloads: 2 }],
      ['POST', `/accounts/${id}/disable`, {}],
    ]
    const read = await rowsReceived(async () => {
      for (const change of changes) expect((await admin(...change)).code).toBe(200)
    })
    expect(Math.max(...read)).toBe(1)
  })
})
