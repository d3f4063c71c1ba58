import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { type LinkAnswer, REFUSALS, linkSchema } from '@obb/contracts'
import { Files } from '@obb/core/files'
import { TrafficLedger } from '@obb/core/traffic'
import { Gateway } from '../testing/gateway.js'
import { expectRefusal, successOf } from '../testing/strict.js'

describe('DELETE /link/{linkId}', () => {
  let gateway: Gateway
  let user: { id: string; apiKey: string }
  let n = 0

  beforeAll(async () => {
    gateway = await Gateway.start()
    await gateway.poolAccount()
    await gateway.fetcherAlive()
  })
  beforeEach(async () => {
    user = await gateway.user({ traffic: 5000 })
  })
  afterAll(() => gateway.close())

  const cancel = (linkId: string, key = user.apiKey) => gateway.call(key, 'DELETE', `/link/${linkId}`)
  const make = async (url: string, key = user.apiKey): Promise<LinkAnswer> =>
    successOf(await gateway.call(key, 'POST', '/unrestrict', { url }), linkSchema)
  const left = async () => {
    const entries = await TrafficLedger.entries(gateway.database, user.id)
    return entries.reduce((sum, { bytes }) => sum + bytes, 0)
  }
  const ended = {
    remote_status: 'error',
    link: null,
    error: { status: 104, msg: REFUSALS.link_ended.msg },
  }

  it('200: the link has ended, its traffic is back, nobody fetches the file any more', async () => {
    const { url, file } = await gateway.knownFile(++n)
    const { linkId } = await make(url)
    expect(await left()).toBe(4000)
    expect(successOf(await cancel(linkId), linkSchema)).toMatchObject({ linkId, ...ended })
    expect(await left()).toBe(5000)
    expect((await gateway.app.get(Files).byId(file.id))?.state).toBe('idle')
    expect(successOf(await gateway.call(user.apiKey, 'GET', `/link/${linkId}`), linkSchema)).toMatchObject(
      ended,
    )
  })

  it('200 again for a link that is cancelled already, and nothing comes back twice', async () => {
    const { linkId } = await make((await gateway.knownFile(++n)).url)
    for (let time = 0; time < 3; time++) successOf(await cancel(linkId), linkSchema)
    expect(await left()).toBe(5000)
  })

  it('200: another account that wants the file keeps its fetch', async () => {
    const { url, file } = await gateway.knownFile(++n)
    const other = await gateway.user()
    await make(url, other.apiKey)
    successOf(await cancel((await make(url)).linkId), linkSchema)
    expect((await gateway.app.get(Files).byId(file.id))?.state).toBe('pending')
  })

  it('a new request after it makes a new link and a new charge', async () => {
    const { url } = await gateway.knownFile(++n)
    const { linkId } = await make(url)
    await cancel(linkId)
    expect((await make(url)).linkId).not.toBe(linkId)
    expect(await left()).toBe(4000)
  })

  it('200 for a link whose file is done: it has ended, nothing comes back, and a new one is charged', async () => {
    const { url, file } = await gateway.knownFile(++n)
    const { linkId } = await make(url)
    await gateway.fetched(file.id)
    for (let time = 0; time < 2; time++) {
      expect(successOf(await cancel(linkId), linkSchema)).toMatchObject({ linkId, ...ended })
    }
    expect(await left()).toBe(4000)
    expect((await gateway.app.get(Files).byId(file.id))?.state).toBe('done')
    expect(await make(url)).toMatchObject({ download_ready: true, reusedExisting: false })
    expect(await left()).toBe(3000)
  })

  it("404 with 104 for an unknown link, for no link id and for another account's, which goes on", async () => {
    const { linkId } = await make((await gateway.knownFile(++n)).url)
    const other = await gateway.user()
    for (const answer of [
      await cancel(linkId, other.apiKey),
      await cancel('x'.repeat(24)),
      await cancel('%00'),
    ]) {
      expectRefusal(answer, 'link_unknown')
    }
    const link = successOf(await gateway.call(user.apiKey, 'GET', `/link/${linkId}`), linkSchema)
    expect(link.remote_status).toBe('pending')
  })

  it('401 with 1 without a key', async () => {
    expectRefusal(await cancel('x'.repeat(24), ''), 'key_invalid')
  })
})
