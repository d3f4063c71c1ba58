import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  type FakeHost,
  type TransferKnobs,
  contentBytes,
  loadFake,
  patternContent,
} from '@obb/host-adapters/testing'
import { Installation } from './installation.js'

interface UsenetKnobs extends TransferKnobs {
  missingParts: Set<number>
  damagedParts: Set<number>
  liesAboutStat: boolean
}

const PART = 100_000
const SIZE = 3_012_345
const TRAFFIC = 1e9

/** Posts that are not whole, through the whole stack, against a stand-in of a news server. */
describe('a file on Usenet that lacks articles', () => {
  let obb: Installation
  let news: FakeHost<UsenetKnobs>
  let seed = 40

  beforeAll(async () => {
    obb = await Installation.start('embedded')
    await obb.startFetcher()
    news = await (await loadFake<UsenetKnobs>('Usenet')).start()
    await obb.admin('PATCH', '/hosts/Usenet', { enabled: true })
    await obb.admin('POST', '/accounts', {
      platform: 'Usenet',
      credentials: news.credentials,
      untested: true,
    })
  })
  afterAll(async () => {
    await news.close()
    await obb.close()
  })

  const user = async (): Promise<string> => {
    const email = `${++seed}@example.test`
    return (await obb.admin('POST', '/users', { email, traffic: TRAFFIC })).apiKey
  }
  const trafficLeft = async (key: string) => (await obb.call(key, 'GET', '/account')).body.data.trafficleft
  const unrestrict = (key: string, url: string) => obb.call(key, 'POST', '/unrestrict', { url })
  const lose = (...parts: number[]): void => {
    news.knobs.missingParts.clear()
    for (const part of parts) news.knobs.missingParts.add(part)
  }

  it('is served with zeros in their place, marked, hashed as it is served, and charged once', async () => {
    const content = patternContent(SIZE, seed)
    const url = news.addFile({ name: 'example.bin', content })
    lose(1, 7, 8, 31)
    const key = await user()
    const asked = await unrestrict(key, url)
    expect(asked.body).toMatchObject({ success: true, data: { filesize: String(SIZE) } })
    const { body } = await obb.settled(key, asked.body.data.linkId)
    const bytes = Buffer.from(await contentBytes(content))
    for (const [start, end] of [
      [0, PART],
      [6 * PART, 8 * PART],
      [30 * PART, SIZE],
    ] as const)
      bytes.fill(0, start, end)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const missing = 3 * PART + SIZE - 30 * PART
    expect(body.data).toMatchObject({
      remote_status: 'done',
      missing_bytes: missing,
      hashes: { sha256 },
    })
    const served = Buffer.from(await (await fetch(body.data.link)).arrayBuffer())
    expect(served.equals(bytes)).toBe(true)
    expect(await trafficLeft(key)).toBe(TRAFFIC - SIZE)
    const again = await unrestrict(key, url)
    expect(again.body.data).toMatchObject({ reusedExisting: true, missing_bytes: missing })
    expect(await trafficLeft(key)).toBe(TRAFFIC - SIZE)
  })

  it('tells nothing of it where all of them are there', async () => {
    lose()
    const key = await user()
    const url = news.addFile({ name: 'whole.bin', content: patternContent(SIZE, seed) })
    const { body } = await obb.settled(key, (await unrestrict(key, url)).body.data.linkId)
    expect(body.data.remote_status).toBe('done')
    expect(body.data).not.toHaveProperty('missing_bytes')
  })

  it('is 104 where more than half is gone, and what was charged comes back', async () => {
    lose(...Array.from({ length: 17 }, (_, at) => at + 8))
    news.knobs.liesAboutStat = true
    const key = await user()
    const url = news.addFile({ name: 'gone.bin', content: patternContent(SIZE, seed) })
    const asked = await unrestrict(key, url)
    expect(asked.body.success).toBe(true)
    expect(await trafficLeft(key)).toBe(TRAFFIC - SIZE)
    const { body } = await obb.settled(key, asked.body.data.linkId)
    expect(body.data).toMatchObject({ remote_status: 'error', error: { status: 104 } })
    expect(await trafficLeft(key)).toBe(TRAFFIC)
    news.knobs.liesAboutStat = false
    lose(...Array.from({ length: 24 }, (_, at) => at + 8))
    const another = news.addFile({ name: 'seen.bin', content: patternContent(SIZE, seed + 1) })
    expect((await unrestrict(key, another)).body).toMatchObject({ success: false, status: 104 })
  })
})
