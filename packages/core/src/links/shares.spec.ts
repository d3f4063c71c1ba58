import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { TestClock } from '@obb/testing/clock'
import { TestDatabase } from '../testing/index.js'
import { cancelLink } from './endings.js'
import { PgDownloads } from './pg-downloads.js'
import { SHARE_WINDOW_MS, isShareId } from './share-downloads.js'
import { MAX_SHARES, Shares } from './shares.js'

const DAY = 86_400_000

describe('shares of links', () => {
  const clock = new TestClock()
  let database: TestDatabase
  let shares: Shares
  let downloads: PgDownloads

  beforeAll(async () => {
    database = await TestDatabase.open(clock)
    shares = new Shares(database.source, clock)
    // As the proxy's role has them: it may count, and nothing else.
    downloads = new PgDownloads(await database.another({}, 'proxy'), clock)
  })
  afterAll(() => database.close())

  const aShare = async (maxDownloads: number, ttl = DAY) => {
    const { id, accountId } = await database.aLink()
    return { accountId, ...(await shares.add(accountId, id, { ttl, maxDownloads })) }
  }
  const served = async (id: string) => {
    const download = await downloads.find(id)
    if (!download) throw new Error('the share leads nowhere')
    return download
  }

  it('leads to the file of its link, under its own id alone', async () => {
    const { id, linkId } = await aShare(1)
    expect(isShareId(id)).toBe(true)
    const [own, shared] = [await served(linkId), await served(id)]
    expect(own).toMatchObject({ linkId, isShared: false })
    expect(shared).toMatchObject({ ...own, linkId: id, isShared: true, expiresAt: shared.expiresAt })
    expect(JSON.stringify(shared)).not.toContain(linkId)
  })

  it('counts a client once in a day, whatever it asks for, and lets no more in than it may', async () => {
    const { id, accountId, linkId } = await aShare(2)
    const shared = await served(id)
    // Connections of three clients at once, for two places.
    const clients = ['198.51.100.1', '198.51.100.2', '198.51.100.3']
    const answers = await Promise.all(
      Array.from({ length: 30 }, async (_, n) => {
        const client = clients[n % 3]!
        return [client, await downloads.admit(shared, client)] as const
      }),
    )
    const byClient = clients.map(
      (client) => new Set(answers.filter(([of]) => of === client).map(([, is]) => is)),
    )
    expect(byClient.every((said) => said.size === 1)).toBe(true)
    const admitted = clients.filter((_, n) => byClient[n]!.has(true))
    expect(admitted).toHaveLength(2)
    expect(await shares.list(accountId, linkId)).toMatchObject([{ downloads: 2, maxDownloads: 2 }])

    clock.advance(SHARE_WINDOW_MS - 1)
    expect(await downloads.admit(shared, admitted[0]!)).toBe(true)
    clock.advance(2)
    expect(await downloads.admit(shared, admitted[0]!)).toBe(false)
  })

  it('has at most so many of a link, however many are made at once', async () => {
    const { accountId, linkId } = await aShare(1)
    for (let n = 2; n < MAX_SHARES; n++) await shares.add(accountId, linkId, { ttl: DAY, maxDownloads: 1 })
    const added = await Promise.allSettled(
      Array.from({ length: 6 }, () => shares.add(accountId, linkId, { ttl: DAY, maxDownloads: 1 })),
    )
    expect(added.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await shares.list(accountId, linkId)).toHaveLength(MAX_SHARES)
  })

  it('keeps no address', async () => {
    const { id } = await aShare(5)
    await downloads.admit(await served(id), '203.0.113.77')
    const rows = await database.source.query<unknown[]>('SELECT * FROM share WHERE id = $1', [id])
    expect(JSON.stringify(rows)).not.toContain('203.0.113')
  })

  it('ends with its time, with its link, and when it is taken back', async () => {
    const timed = await aShare(1, 1000)
    const linked = await aShare(1)
    const removed = await aShare(1)
    clock.advance(1000)
    expect(await served(timed.id)).toMatchObject({ state: 'share_ended' })
    expect(await shares.list(timed.accountId, timed.linkId)).toMatchObject([{ isOver: true }])
    await database.source.transaction((tx) => cancelLink(tx, clock, linked.linkId))
    expect(await served(linked.id)).toMatchObject({ state: 'ended' })
    await shares.remove(removed.accountId, removed.linkId, removed.id)
    expect(await downloads.find(removed.id)).toBeUndefined()
  })

  it('is of one’s own live links alone, and there are not too many', async () => {
    const { accountId, linkId, id } = await aShare(1)
    const other = await database.anAccount()
    const terms = { ttl: DAY, maxDownloads: 1 }
    await expect(shares.add(other.accountId, linkId, terms)).rejects.toMatchObject({
      refusal: 'link_unknown',
    })
    await expect(shares.list(other.accountId, linkId)).rejects.toMatchObject({ refusal: 'link_unknown' })
    await expect(shares.remove(other.accountId, linkId, id)).rejects.toMatchObject({
      refusal: 'resource_unknown',
    })
    for (let n = 1; n < MAX_SHARES; n++) await shares.add(accountId, linkId, terms)
    await expect(shares.add(accountId, linkId, terms)).rejects.toMatchObject({ refusal: 'request_invalid' })
    clock.advance(30 * DAY)
    await expect(shares.add(accountId, linkId, terms)).rejects.toMatchObject({ refusal: 'link_ended' })
  })
})
