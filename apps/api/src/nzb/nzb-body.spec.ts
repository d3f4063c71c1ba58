import { gzipSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import { nzbIn } from './nzb-body.js'

const RULES = { mark: '<nzb', packings: ['BZh', 'PK\u0003\u0004'] }
const NZB = Buffer.from('<?xml version="1.0"?>\n<!-- of an indexer -->\n<NZB xmlns="x"></NZB>')
const form = async (file: Buffer): Promise<[Buffer, string]> => {
  const data = new FormData()
  data.append('file', new Blob([new Uint8Array(file)]), 'a.nzb.zip')
  const sent = new Response(data)
  return [Buffer.from(await sent.arrayBuffer()), sent.headers.get('content-type') ?? '']
}

describe('an upload', () => {
  it.each<[string, Buffer]>([
    ['as it is', NZB],
    ['gzip', gzipSync(NZB)],
  ])('of an NZB %s is its text', async (_what, body) => {
    expect(await nzbIn(body, 'application/x-nzb', RULES)).toEqual(NZB)
  })

  it.each(['BZh91AY&SY…', 'PK\u0003\u0004…'])('that is packed as %j is given as it is', async (text) => {
    const packed = Buffer.from(text, 'latin1')
    expect(await nzbIn(packed, 'application/x-nzb', RULES)).toEqual(packed)
    expect(await nzbIn(gzipSync(packed), 'application/x-nzb', RULES)).toEqual(packed)
    expect(await nzbIn(...(await form(packed)), RULES)).toEqual(packed)
  })

  it.each(['%PDF-1.7', '', 'BZ', 'a PK\u0003\u0004'])('that begins with %j is no NZB', async (text) => {
    await expect(nzbIn(Buffer.from(text, 'latin1'), 'application/x-nzb', RULES)).rejects.toMatchObject({
      refusal: 'url_unsupported',
    })
  })
})
