import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type LinkAnswer, linkSchema } from '@obb/contracts'
import { Accounts } from '@obb/core/accounts'
import { Fetches } from '@obb/core/fetches'
import type { SourceFile } from '@obb/core/files'
import { Gateway, PROXY_URL } from '../testing/gateway.js'
import { expectRefusal, successOf } from '../testing/strict.js'

const DAY = 86_400_000

describe('GET /link/{linkId}', () => {
  let gateway: Gateway
  let key: string
  let email: string
  let n = 0

  beforeAll(async () => {
    gateway = await Gateway.start()
    await gateway.poolAccount()
    const user = await gateway.user({ traffic: 2 ** 50 })
    key = user.apiKey
    email = user.email
  })
  afterAll(() => gateway.close())

  const link = async (linkId: string): Promise<LinkAnswer> =>
    successOf(await gateway.call(key, 'GET', `/link/${linkId}`), linkSchema)

  async function created(size = 1000): Promise<{ made: LinkAnswer; file: SourceFile; url: string }> {
    await gateway.fetcherAlive()
    const { url, file } = await gateway.knownFile(++n, size)
    const made = successOf(await gateway.call(key, 'POST', '/unrestrict', { url }), linkSchema)
    return { made, file, url }
  }

  async function claimed(file: SourceFile) {
    const fetches = new Fetches(gateway.database, gateway.clock)
    const row = await fetches.claim({ fileId: file.id, generation: file.generation }, 'w', 10 * DAY)
    return { fetches, claim: { fileId: file.id, claim: row?.claim ?? 0, worker: 'w' } }
  }

  it('200: the same fields as the answer that made it', async () => {
    const { made } = await created()
    expect(await link(made.linkId)).toEqual(made)
  })

  it('200: downloading, with what is done, how fast, and when to ask next', async () => {
    const { made, file } = await created(1000)
    const { fetches, claim } = await claimed(file)
    await fetches.renew(claim, DAY, { bytesDone: 250, speed: null })
    const early = await link(made.linkId)
    expect(early).toMatchObject({ remote_status: 'downloading', progress: 0.25, bytes_done: 250 })
    expect(early).not.toHaveProperty('speed_bps')
    await fetches.renew(claim, DAY, { bytesDone: 500, speed: 10 })
    const later = await link(made.linkId)
    expect(later).toMatchObject({ speed_bps: 10, eta_seconds: 50, poll_after_seconds: 2, link: null })
  })

  it('polled as told, no fetch outlasts 60 polls, known speed or not', async () => {
    const { made, file } = await created(100_000)
    const { fetches, claim } = await claimed(file)
    await fetches.renew(claim, DAY, { bytesDone: 0, speed: 100 })
    expect((await link(made.linkId)).poll_after_seconds).toBe(2) // 1000 s to go, by an estimate of no age
    gateway.clock.advance(40_000)
    expect((await link(made.linkId)).poll_after_seconds).toBe(20)
    gateway.clock.advance(160_000)
    expect((await link(made.linkId)).poll_after_seconds).toBe(60)
    const unknown = await created()
    await gateway.database.query('UPDATE source_file SET speed = NULL')
    const waits: number[] = []
    for (let poll = 0; poll < 60; poll++) {
      const { poll_after_seconds: wait } = await link(unknown.made.linkId)
      waits.push(wait)
      gateway.clock.advance(wait * 1000)
    }
    expect(waits[0]).toBe(2)
    expect(waits).toEqual([...waits].sort((a, b) => a - b))
    expect(Math.max(...waits)).toBe(60)
    expect(waits.reduce((sum, wait) => sum + wait)).toBeGreaterThan(2000)
  })

  it('200: done, with the link and the hashes; asking on is allowed', async () => {
    const { made, file } = await created()
    await gateway.fetched(file.id)
    for (let asked = 0; asked < 2; asked++) {
      expect(await link(made.linkId)).toMatchObject({
        download_ready: true,
        remote_status: 'done',
        link: `${PROXY_URL}/download/${made.linkId}/file%20${n}.bin`,
        progress: 1,
        bytes_done: 1000,
        poll_after_seconds: 2,
        hashes: { sha256: 'a'.repeat(64), md5: 'b'.repeat(32), crc32c: 'c'.repeat(8) },
      })
    }
  })

  it('200: a file without bytes is no division by zero', async () => {
    const { made, file } = await created(0)
    expect(made).toMatchObject({ filesize: '0', progress: 0, bytes_done: 0 })
    await gateway.fetched(file.id)
    expect(await link(made.linkId)).toMatchObject({ progress: 1, filesize: '0' })
  })

  it.each([
    ['a b&c#%.avi', 'a b&c#%.avi', 'a%20b%26c%23%25.avi'],
    ["it's.avi", "it's.avi", 'it%27s.avi'],
    ['../../etc/passwd?', '_.._etc_passwd_', '_.._etc_passwd_'],
    ['äöü.avi', 'äöü.avi', '%C3%A4%C3%B6%C3%BC.avi'],
    ['..', 'download', 'download'],
  ])('the link to a file kept as %j survives a client that normalises URLs', async (name, told, inUrl) => {
    const { made, file } = await created()
    await gateway.database.query('UPDATE source_file SET name = $2 WHERE id = $1', [file.id, name])
    await gateway.fetched(file.id)
    const answer = await link(made.linkId)
    expect(answer.filename).toBe(told)
    expect(new URL(answer.link ?? '').pathname).toBe(`/download/${made.linkId}/${inUrl}`)
  })

  it('200 with remote_status error: why, in the words of the table, and a calm interval', async () => {
    const { made, file } = await created()
    const { fetches, claim } = await claimed(file)
    await fetches.fail(claim, { cause: 'file_gone', until: gateway.clock.now() + 600_000 })
    expect(await link(made.linkId)).toMatchObject({
      download_ready: false,
      remote_status: 'error',
      link: null,
      poll_after_seconds: 60,
      error: { status: 104, msg: 'This file is offline or does not exist.' },
    })
    const passing = await created()
    const other = await claimed(passing.file)
    await other.fetches.fail(other.claim, { cause: 'upstream_error', until: gateway.clock.now() + 90_000 })
    expect((await link(passing.made.linkId)).error).toMatchObject({ status: 106, retry_in_seconds: 90 })
  })

  it('200 with remote_status error from the moment its time is over, swept or not', async () => {
    const { made, file } = await created()
    await gateway.fetched(file.id)
    gateway.clock.advance(7 * DAY)
    expect(await link(made.linkId)).toMatchObject({
      remote_status: 'error',
      link: null,
      error: { status: 104 },
    })
  })

  it("404 with 104 for a link id that is unknown or another account's, the same answer for both", async () => {
    const { made } = await created()
    const other = await gateway.user()
    const theirs = await gateway.call(other.apiKey, 'GET', `/link/${made.linkId}`)
    const unknown = await gateway.call(key, 'GET', `/link/${'x'.repeat(24)}`)
    expect(expectRefusal(theirs, 'link_unknown')).toEqual(expectRefusal(unknown, 'link_unknown'))
  })

  it('401 with 1 and 403 with 2, also for a link that exists', async () => {
    const { made } = await created()
    expectRefusal(await gateway.call('', 'GET', `/link/${made.linkId}`), 'key_invalid')
    await gateway.app.get(Accounts).setState(email, 'suspended')
    expectRefusal(await gateway.call(key, 'GET', `/link/${made.linkId}`), 'account_suspended')
    await gateway.app.get(Accounts).setState(email, 'active')
  })
})
