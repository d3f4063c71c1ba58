import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { contentBytes, patternContent } from '@obb/host-adapters/testing'
import { TestClock } from '@obb/testing/clock'
import { Http } from '../http.js'
import { serve, TestObb } from '../testing/test-obb.js'
import { refused, sendJson } from '../testing/test-server.js'
import { download, type Outcome } from './download.js'
import { PartFile } from './part-file.js'
import { pieceLength } from './plan.js'
import { silent } from './progress.js'

const MIB = 2 ** 20
const SIZE = 5 * MIB + 12_345
/** PIECE is how much one connection asks for at a time, bytes. */
const PIECE = pieceLength(SIZE, 1)

describe('the download of a file', () => {
  let obb: TestObb
  let http: Http
  let directory: string
  let clock: TestClock
  let part: PartFile
  let stop: AbortController
  let notices: string[]

  beforeEach(async () => {
    obb = await TestObb.start(await contentBytes(patternContent(SIZE, 3)))
    http = new Http()
    directory = await mkdtemp(join(tmpdir(), 'obb-download-'))
    clock = new TestClock()
    part = await PartFile.open(join(directory, 'film.mkv'), clock)
    stop = new AbortController()
    notices = []
  })
  afterEach(async () => {
    await part.suspend()
    await http.destroy()
    await obb.close()
    await rm(directory, { recursive: true })
  })

  function run(connections = 3): Promise<Outcome> {
    const url = `${obb.url}/download/${obb.linkId}/film.mkv`
    const progress = { ...silent, notice: (text: string) => void notices.push(text) }
    return download({ http, url, connections, size: SIZE, part, clock, signal: stop.signal, progress })
  }
  async function content(): Promise<Buffer> {
    const bytes = Buffer.alloc(SIZE)
    for (let at = 0; at < SIZE;) at += await part.read(bytes.subarray(at), at)
    return bytes
  }
  /** Bytes asked for, each range as often as it was. */
  const asked = () =>
    obb
      .ranges()
      .map((range) => /^bytes=(\d+)-(\d+)$/.exec(range) ?? [])
      .reduce((sum, [, first, last]) => sum + Number(last) + 1 - Number(first), 0)

  it('asks for each byte once, over as many connections as it may', async () => {
    let [open, most] = [0, 0]
    obb.onDownload = (_request, response) => {
      most = Math.max(most, ++open)
      response.on('close', () => open--)
      return false
    }
    expect(await run(3)).toEqual({ kind: 'complete' })
    expect((await content()).equals(obb.content)).toBe(true)
    expect(asked()).toBe(SIZE)
    expect(most).toBeLessThanOrEqual(3)
    expect(part.missingSpans()).toEqual([])
  })

  it('asks for nothing but the last byte when all is there, to know that it is still the same', async () => {
    await run()
    obb.server.requests.length = 0
    expect(await run()).toEqual({ kind: 'complete' })
    expect(obb.ranges()).toEqual([`bytes=${SIZE - 1}-${SIZE - 1}`])
  })

  it('goes on with what is missing of the version it has, whoever began', async () => {
    obb.onDownload = (request, response, index) => {
      if (index < 2) return false
      serve(obb.content, obb, request, response, 1000)
      stop.abort()
      return true
    }
    await expect(run(1)).rejects.toThrow('interrupted')
    await part.suspend()
    part = await PartFile.open(join(directory, 'film.mkv'), clock)
    const kept = part.bytes
    expect(kept).toBeGreaterThanOrEqual(2 * PIECE)
    obb.onDownload = () => false
    obb.server.requests.length = 0
    stop = new AbortController()
    expect(await run(2)).toEqual({ kind: 'complete' })
    expect(asked()).toBe(SIZE - kept)
    expect((await content()).equals(obb.content)).toBe(true)
  })

  it('asks for the rest alone when a connection breaks, and says so', async () => {
    obb.onDownload = (request, response, index) => {
      if (index > 0) return false
      serve(obb.content, obb, request, response, 300_000)
      return true
    }
    expect(await run(1)).toEqual({ kind: 'complete' })
    expect(obb.ranges()[1]).toBe(`bytes=300000-${PIECE - 1}`)
    expect((await content()).equals(obb.content)).toBe(true)
    expect(notices).toHaveLength(1)
  })

  it.each([
    [410, {}, { kind: 'ended' }],
    [404, {}, { kind: 'ended' }],
    [425, { 'retry-after': '9' }, { kind: 'not_ready', waitMs: 9_000 }],
  ])('ends with what the link has become, HTTP %d, and keeps what came', async (code, headers, outcome) => {
    obb.onDownload = (_request, response, index) => {
      if (index < 3) return false
      sendJson(response, code, refused(104, 'no'), headers)
      return true
    }
    expect(await run(1)).toEqual(outcome)
    expect(part.bytes).toBe(3 * PIECE)
  })

  it('never has bytes of two versions: it starts over with the one that came later', async () => {
    const later = await contentBytes(patternContent(SIZE, 4))
    obb.onDownload = (_request, _response, index) => {
      if (index === 2) Object.assign(obb, { content: later, etag: '"v2"' })
      return false
    }
    expect(await run(2)).toEqual({ kind: 'complete' })
    expect((await content()).equals(later)).toBe(true)
    expect(part.version).toEqual({ size: SIZE, etag: '"v2"' })
  })

  it('gives up a file that is another one with every answer', async () => {
    obb.onDownload = (_request, _response, index) => {
      obb.etag = `"v${index}"`
      return false
    }
    await expect(run(2)).rejects.toThrow('changes or breaks off again and again')
  })

  it('gives up after two minutes without a byte, by the clock', async () => {
    obb.onDownload = (_request, response) => {
      sendJson(response, 503, refused(105, 'busy'))
      return true
    }
    const begun = clock.now()
    await expect(run(1)).rejects.toThrow('is busy and stays so')
    const waited = clock.now() - begun
    expect(waited).toBeLessThanOrEqual(120_000)
    expect(waited).toBeGreaterThan(60_000)
  })

  it('ends at once when it is interrupted, with no connection left', async () => {
    let silent = 0
    obb.onDownload = (_request, response, index) => {
      if (index === 0) return false
      response.on('close', () => silent--)
      if (++silent === 3) stop.abort()
      return true
    }
    await expect(run(3)).rejects.toThrow('interrupted')
    while (silent > 0) await new Promise(setImmediate)
  })
})
