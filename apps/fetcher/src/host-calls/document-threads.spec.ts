import { gzipSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import { DocumentThreads } from './document-threads.js'

const forever = new AbortController().signal

function nzb(articles: number, id = (at: number) => `part${at}.of@example`): Uint8Array {
  const segments = Array.from(
    { length: articles },
    (_, at) => `<segment bytes="7" number="${at + 1}">${id(at)}</segment>`,
  )
  const subject = `&quot;a.bin&quot; yEnc (1/${articles}) 7`
  return Buffer.from(`<nzb><file subject="${subject}"><segments>${segments.join('')}</segments></file></nzb>`)
}
const order = (document: Uint8Array, question: unknown = []) => ({ folder: 'usenet', document, question })

describe('a document of a user', () => {
  it('is read in a thread of its own, which answers what was asked', async () => {
    const threads = new DocumentThreads()
    expect(await threads.read(order(nzb(3), 'list'), forever)).toMatchObject({
      count: 1,
      listed: [{ name: 'a.bin', size: 7 }],
      found: [],
    })
    const whole = await threads.read(order(gzipSync(nzb(3))), forever)
    expect(whole).toMatchObject({ count: 1, found: [{ articles: expect.anything() }] })
    const [{ articles }] = (whole as { found: [{ articles: { ends: Uint32Array } }] }).found
    expect([...articles.ends]).toEqual([16, 32, 48])
  })

  it('is refused with what its reader says of it', async () => {
    const read = new DocumentThreads().read(order(Buffer.from('<html>')), forever)
    await expect(read).rejects.toMatchObject({
      kind: 'BAD_URL',
      retryable: false,
      message: expect.stringContaining('NZB'),
    })
  })

  it('keeps nobody waiting while it is read: the loop here turns all the time', async () => {
    let turns = 0
    const turning = setInterval(() => turns++, 1)
    await new DocumentThreads().read(order(nzb(200_000)), forever)
    clearInterval(turning)
    expect(turns).toBeGreaterThan(10)
  })

  it('that takes too long is refused for good, and its thread is ended', async () => {
    const read = new DocumentThreads({ timeMs: 1, memoryMib: 768 }).read(order(nzb(200_000)), forever)
    await expect(read).rejects.toMatchObject({
      kind: 'BAD_URL',
      retryable: false,
      message: expect.stringContaining('longer'),
    })
  })

  it('that takes too much memory is refused for good, and takes its thread alone down', async () => {
    const read = new DocumentThreads({ timeMs: 60_000, memoryMib: 24 }).read(order(nzb(400_000)), forever)
    await expect(read).rejects.toMatchObject({
      kind: 'BAD_URL',
      retryable: false,
      message: expect.stringContaining('MiB'),
    })
  })

  it('that nobody waits for any more is not read to its end', async () => {
    const stop = new AbortController()
    const read = new DocumentThreads().read(order(nzb(200_000)), stop.signal)
    stop.abort(new Error('nobody waits'))
    await expect(read).rejects.toThrow('nobody waits')
  })
})
