import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BlockView } from '@obb/contracts'
import { run } from './main.js'
import { type TestIo, testIo } from './testing/test-io.js'
import { TestServer, ok, sendJson } from './testing/test-server.js'

const ROWS = 2_345

/** A list of blocks as the gateway pages it; a cursor is the number of the row. */
const rowsOf = (after: number, limit: number) =>
  Array.from({ length: Math.max(0, Math.min(limit, ROWS - after)) }, (_, at): BlockView => {
    const id = `b${after + at + 1}`
    return { id, kind: 'name', value: '*.scr', reason: 'r', createdAt: '2027-01-01T00:00:00.000Z' }
  })

let directory: string
let server: TestServer
let io: TestIo

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'obb-pages-'))
  server = await TestServer.start(({ path }, response) => {
    const query = new URL(path, 'http://x').searchParams
    const [after, limit] = [Number(query.get('after') ?? 0), Number(query.get('limit'))]
    if (path.includes('/ledger/check')) {
      const next = after < 2000 ? String(after + 1000) : null
      const fault = {
        accountId: 'a',
        email: 'a@b.test',
        of: 'balance',
        platform: null,
        keyId: null,
        hour: null,
        kept: 1,
        ledger: 2,
      }
      sendJson(response, 200, ok({ accounts: 1000, faults: after === 1000 ? faults(fault) : [], next }))
      return
    }
    const items = rowsOf(after, limit)
    const end = after + items.length
    sendJson(response, 200, ok({ items, next: end < ROWS ? String(end) : null }))
  })
})
afterAll(async () => {
  await server.close()
  await rm(directory, { recursive: true })
})

let faults: (fault: object) => object[]
beforeEach(() => {
  server.requests.length = 0
  faults = () => []
  io = testIo(directory, { OBB_ADMIN_API: server.url, OBB_ADMIN_TOKEN: 't'.repeat(32) })
})

const list = async (...options: string[]) => {
  expect(await run(['block', 'list', '--json', ...options], io)).toBe(0)
  const { items, next } = JSON.parse(io.stdout.text) as { items: BlockView[]; next: string | null }
  return {
    ids: items.map(({ id }) => id),
    next,
    asked: server.requests.map(({ path }) => path.split('?')[1]),
  }
}
const ids = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => `b${from + at}`)

describe('a list', () => {
  it('is its first thousand rows, and says where it goes on', async () => {
    expect(await list()).toEqual({ ids: ids(1, 1000), next: '1000', asked: ['limit=1000'] })
    expect(await run(['block', 'list'], io)).toBe(0)
    expect(io.stderr.text).toBe('There is more: --all, or --after 1000\n')
  })

  it('goes on where an earlier one ended', async () => {
    expect(await list('--after', '2340', '--limit', '3')).toMatchObject({
      ids: ids(2341, 2343),
      next: '2343',
    })
  })

  it('is as long as it is asked to be, out of as many pages as that takes', async () => {
    const asked = ['limit=1000', 'limit=500&after=1000']
    expect(await list('--limit', '1500')).toEqual({ ids: ids(1, 1500), next: '1500', asked })
  })

  it('is all there is with --all, and says of no more', async () => {
    const asked = ['limit=1000', 'limit=1000&after=1000', 'limit=1000&after=2000']
    expect(await list('--all')).toEqual({ ids: ids(1, ROWS), next: null, asked })
    expect(await run(['block', 'list', '--all'], io)).toBe(0)
    expect(io.stderr.text).toBe('')
  })

  it.each(['0', '-1', 'x', '1.5'])('of --limit %s is a mistake of the caller', async (limit) => {
    expect(await run(['block', 'list', '--limit', limit], io)).toBe(2)
    expect(server.requests).toEqual([])
  })
})

describe('a check of the ledger', () => {
  it('goes through all accounts, and is well where nothing differs', async () => {
    expect(await run(['ledger', 'check'], io)).toBe(0)
    expect(io.stdout.text).toBe('accounts checked: 3000; all is as the ledger says\n')
  })

  it('lists what differs, and fails', async () => {
    faults = (fault) => [fault]
    expect(await run(['ledger', 'check'], io)).toBe(1)
    expect(io.stdout.text).toMatch(/a@b\.test +balance/)
    expect(io.stderr.text).toContain('not as the ledger says: 1')
  })
})
