import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { LINK, Rig } from '../testing/rig.js'

let rig: Rig
beforeEach(async () => {
  rig = await Rig.start()
})
afterEach(() => rig.stop())

const BYTES = Buffer.from('<script>alert(1)</script>')
const ask = async (name: string, query: string, headers: Record<string, string> = {}) => {
  await rig.put(BYTES, { name })
  return rig.ask(`/download/${LINK}/x${query}`, headers)
}

describe('a file that is shown in the browser', () => {
  it.each([
    ['film.mp4', 'video/mp4'],
    ['Song.MP3', 'audio/mpeg'],
    ['photo.jpeg', 'image/jpeg'],
  ])('%s has its type, is never sniffed, and stays in its sandbox', async (name, type) => {
    const { status, headers } = await ask(name, '?inline=1', { range: 'bytes=0-3' })
    expect(status).toBe(206)
    expect(headers).toMatchObject({
      'content-type': type,
      'x-content-type-options': 'nosniff',
      'content-security-policy': 'sandbox',
      'content-range': `bytes 0-3/${BYTES.length}`,
    })
    expect(headers['content-disposition']).toMatch(/^inline; filename="/)
  })

  it.each([
    'page.html',
    'page.htm',
    'image.svg',
    'image.svgz',
    'feed.xml',
    'page.xhtml',
    'a.js',
    'mp4',
    'a.mp4.html',
  ])('is never %s, whatever is asked', async (name) => {
    const { headers } = await ask(name, '?inline=1')
    expect(headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-security-policy': 'sandbox',
    })
    expect(headers['content-disposition']).toMatch(/^attachment;/)
  })

  it('goes by the name of the file, not by that in the URL', async () => {
    await rig.put(BYTES, { name: 'page.html' })
    const { headers } = await rig.ask(`/download/${LINK}/film.mp4?inline=1`)
    expect(headers['content-type']).toBe('application/octet-stream')
  })

  it('is a download unless that is asked, and in several ranges', async () => {
    expect((await ask('film.mp4', '')).headers['content-disposition']).toMatch(/^attachment;/)
    const several = await ask('film.mp4', '?inline=1', { range: 'bytes=0-1,4-5' })
    expect(several.headers['content-type']).toMatch(/^multipart\/byteranges/)
  })

  it('is a PDF without a sandbox, in which no browser shows one', async () => {
    const { headers } = await ask('book.pdf', '?inline=1')
    expect(headers['content-type']).toBe('application/pdf')
    expect(headers).not.toHaveProperty('content-security-policy')
  })
})
