import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { linkSchema } from '@obb/contracts'
import { FetchQueue } from '@obb/core/queue'
import type { LogLine } from '@obb/core/log'
import { requestContext } from '@obb/core/tracing'
import { Gateway } from '../testing/gateway.js'
import { successOf } from '../testing/strict.js'

describe('the id of a request', () => {
  let gateway: Gateway
  let key: string
  let accountId: string

  beforeAll(async () => {
    gateway = await Gateway.start({ TRUSTED_PROXIES: '127.0.0.1' })
    await gateway.poolAccount()
    ;({ apiKey: key, id: accountId } = await gateway.user())
  })
  afterAll(() => gateway.close())
  beforeEach(() => void gateway.takeLog())

  const lines = (): LogLine[] => gateway.takeLog().map((line) => JSON.parse(line) as LogLine)
  const ask = (headers: Record<string, string> = {}) =>
    gateway.send('GET', '/api/external/v1/account', { authorization: `Bearer ${key}`, ...headers })
  const idOf = ({ headers }: { headers: Headers }) => headers.get('x-request-id')

  it('is made by the gateway, another one for each, and told with every answer', async () => {
    const ids = await Promise.all([ask(), ask(), gateway.send('GET', '/nowhere'), gateway.send('GET', '/%')])
    expect(new Set(ids.map(idOf)).size).toBe(4)
    for (const each of ids) expect(idOf(each)).toMatch(/^[0-9a-f]{16}$/)
  })

  it.each([['a-b.c_d~1'], ['x'.repeat(64)]])('is taken from a trusted proxy: %s', async (given) => {
    expect(idOf(await ask({ 'x-request-id': given }))).toBe(given)
  })

  it.each([['x'.repeat(65)], ['a b'], ['a"}'], ['ä']])('is none of another form: %s', async (given) => {
    const sent = Buffer.from(given, 'utf8').toString('latin1')
    expect(idOf(await ask({ 'x-request-id': sent }))).toMatch(/^[0-9a-f]{16}$/)
  })

  it('is none of who is no trusted proxy', async () => {
    const stranger = await Gateway.start()
    try {
      const answer = await stranger.send('GET', '/api/external/v1/account', { 'x-request-id': 'mine' })
      expect(idOf(answer)).toMatch(/^[0-9a-f]{16}$/)
    } finally {
      await stranger.close()
    }
  })

  it('is in the lines of its request, and in the row of the link that it makes', async () => {
    await gateway.fetcherAlive()
    const { url, file } = await gateway.knownFile(1)
    const answer = await gateway.call(key, 'POST', '/unrestrict', { url })
    const { linkId } = successOf(answer, linkSchema)
    const request = idOf(answer)
    const told = {
      link: linkId.slice(0, 8),
      fileId: file.id,
      account: accountId,
      platform: 'RapidGator',
      size: 1000,
    }
    const again = await gateway.call(key, 'POST', '/unrestrict', { url })
    expect(lines().filter(({ msg }) => msg === 'link')).toMatchObject([
      { ...told, request, charged: 1000, reused: false },
      { ...told, request: idOf(again), charged: 0, reused: true },
    ])
    expect(JSON.stringify(gateway.log)).not.toContain(linkId)
    const rows = await gateway.database.query<object[]>(
      'SELECT request_id AS request, traceparent FROM link WHERE id = $1',
      [linkId],
    )
    expect(rows).toEqual([{ request, traceparent: null }])
  })

  it('is in the row of a link to a stored file, whose request shares its statement with others', async () => {
    const files = await Promise.all([11, 12, 13].map((n) => gateway.knownFile(n)))
    const first = await gateway.user()
    for (const { url, file } of files) {
      await gateway.call(first.apiKey, 'POST', '/unrestrict', { url })
      await gateway.fetched(file.id)
    }
    const answers = await Promise.all(
      files.map(({ url }) => gateway.call(key, 'POST', '/unrestrict', { url })),
    )
    const made = await Promise.all(
      answers.map(async (answer) => {
        const { linkId } = successOf(answer, linkSchema)
        const [row] = await gateway.database.query<{ request: string }[]>(
          'SELECT request_id AS request FROM link WHERE id = $1',
          [linkId],
        )
        return row?.request
      }),
    )
    expect(made).toEqual(answers.map(idOf))
  })

  it('goes along with what fetchers are asked for', async () => {
    await gateway.fetcherAlive()
    const carried: unknown[] = []
    const call = jest.spyOn(gateway.app.get(FetchQueue), 'call').mockImplementation(async () => {
      carried.push(requestContext())
    })
    try {
      const unknown = 'https://rapidgator.net/file/ffffffffffffffffffffffffffffffff/x.bin.html'
      const answer = await gateway.call(key, 'POST', '/unrestrict', { url: unknown })
      expect(carried).toEqual([{ request: idOf(answer) }])
    } finally {
      call.mockRestore()
    }
  })
})
