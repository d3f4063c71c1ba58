import { beforeEach, describe, expect, it } from '@jest/globals'
import { RecentDownloads } from './recent-downloads.js'
import { LINK, MemoryDownloads, linkTo } from '../testing/rig.js'

let now: number
let inner: MemoryDownloads
let recent: RecentDownloads
beforeEach(() => {
  now = 1_000_000
  inner = new MemoryDownloads()
  recent = new RecentDownloads(inner, { now: () => now })
})

describe('a link that can be served', () => {
  it('is looked up once for many ranges, and again after half a second', async () => {
    inner.byLink.set(LINK, linkTo({ name: 'first' }))
    const found = await Promise.all(Array.from({ length: 16 }, () => recent.find(LINK)))
    expect(new Set(found.map((download) => download?.name))).toEqual(new Set(['first']))
    now += 499
    await recent.find(LINK)
    expect(inner.asked).toEqual([LINK])
    inner.byLink.set(LINK, linkTo({ state: 'ended' }))
    now += 1
    expect(await recent.find(LINK)).toMatchObject({ state: 'ended' })
    expect(inner.asked).toEqual([LINK, LINK])
  })

  it('is looked up again after its file was lost', async () => {
    inner.byLink.set(LINK, linkTo())
    await recent.markMissing((await recent.find(LINK))!)
    await recent.find(LINK)
    expect(inner.lostFiles).toEqual(['7'])
    expect(inner.asked).toEqual([LINK, LINK])
  })

  it('has its use recorded twice a minute, and again where that failed', async () => {
    const download = linkTo()
    for (const step of [0, 29_999, 1, 1]) {
      now += step
      await recent.touch(download)
    }
    expect(inner.touched).toEqual([LINK, LINK])
    now += 60_000
    inner.failure = new Error('away')
    await expect(recent.touch(download)).rejects.toThrow('away')
    inner.failure = undefined
    await recent.touch(download)
    expect(inner.touched).toHaveLength(4)
  })
})

it.each(['not_ready', 'ended', 'account_suspended'] as const)(
  'a link that is %s is asked about every time',
  async (state) => {
    inner.byLink.set(LINK, linkTo({ state }))
    for (let time = 0; time < 3; time += 1) expect(await recent.find(LINK)).toMatchObject({ state })
    expect(await recent.find('unknown0000000000')).toBeUndefined()
    expect(await recent.find('unknown0000000000')).toBeUndefined()
    expect(inner.asked).toHaveLength(5)
  },
)

it('a failed look-up is not remembered', async () => {
  inner.failure = new Error('away')
  await expect(recent.find(LINK)).rejects.toThrow('away')
  inner.failure = undefined
  inner.byLink.set(LINK, linkTo())
  expect(await recent.find(LINK)).toMatchObject({ state: 'ready' })
})

describe('a client of a share', () => {
  const share = linkTo({ isShared: true })
  const NETWORK = '198.51.100.7'

  it('that was let in is looked at once for many ranges, and again after ten seconds', async () => {
    inner.admitted.add(NETWORK)
    const admit = () => recent.admit(share, NETWORK)
    expect(await Promise.all(Array.from({ length: 16 }, admit))).toEqual(Array(16).fill(true))
    now += 9_999
    expect(await admit()).toBe(true)
    expect(inner.counted).toEqual([NETWORK])
    inner.admitted.clear()
    now += 1
    expect(await admit()).toBe(false)
  })

  it('is looked at for itself and for each share, and every time while it is not let in', async () => {
    inner.admitted.add(NETWORK)
    expect(await recent.admit(share, NETWORK)).toBe(true)
    for (let time = 0; time < 2; time++) expect(await recent.admit(share, '198.51.100.8')).toBe(false)
    expect(await recent.admit(linkTo({ linkId: 'another' }), NETWORK)).toBe(true)
    inner.failure = new Error('away')
    for (let time = 0; time < 2; time++)
      await expect(recent.admit(share, '198.51.100.9')).rejects.toThrow('away')
    expect(inner.counted).toHaveLength(6)
  })

  it('that was let in finds nothing once the share is taken back', async () => {
    inner.byLink.set(LINK, share)
    inner.admitted.add(NETWORK)
    expect(await recent.admit((await recent.find(LINK))!, NETWORK)).toBe(true)
    inner.byLink.delete(LINK)
    now += 500
    expect(await recent.find(LINK)).toBeUndefined()
  })
})
