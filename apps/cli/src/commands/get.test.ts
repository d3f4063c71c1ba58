import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { contentBytes, patternContent } from '@obb/host-adapters/testing'
import { dataPath, recordPath } from '../get/part-file.js'
import { run } from '../main.js'
import { testIo, type TestIo } from '../testing/test-io.js'
import { serve, TEST_KEY, TestObb } from '../testing/test-obb.js'
import { refused, sendJson } from '../testing/test-server.js'

const MIB = 2 ** 20
const SOURCE = 'https://rapidgator.net/file/0123456789abcdef/film.mkv'

let obb: TestObb
let directory: string
let io: TestIo
let target: string

beforeEach(async () => {
  obb = await TestObb.start(await contentBytes(patternContent(5 * MIB + 12_345, 3)))
  directory = await mkdtemp(join(tmpdir(), 'obb-get-'))
  io = testIo(directory)
  target = join(directory, 'film.mkv')
})

afterEach(async () => {
  await obb.close()
  await rm(directory, { recursive: true, force: true })
})

function get(...more: string[]): Promise<number> {
  return run(['--api', obb.url, 'get', SOURCE, '--key', TEST_KEY, ...more], io)
}

/** The target holds exactly the content, and nothing is left beside it. */
async function expectDone(code: number): Promise<void> {
  expect([io.stderr.text, code]).toEqual([expect.any(String), 0])
  expect((await readFile(target)).equals(obb.content)).toBe(true)
  expect(await readdir(directory)).toEqual(['film.mkv'])
}

/** Runs until `bytes` of the file have been sent, and is then interrupted. */
async function interruptedAfter(requests: number): Promise<void> {
  obb.onDownload = (request, response, index) => {
    if (index < requests) return false
    serve(obb.content, obb, request, response, 1000)
    io.stop.abort()
    return true
  }
  expect(await get('-x', '1')).toBe(130)
  expect(existsSync(target)).toBe(false)
  expect(existsSync(dataPath(target))).toBe(true)
  expect(existsSync(recordPath(target))).toBe(true)
  obb.onDownload = () => false
  io = testIo(directory)
  obb.server.requests.length = 0
}

describe('obb get', () => {
  it('waits for the file, downloads it over several ranges, verifies it and says what it has', async () => {
    obb.pendingPolls = 3
    await expectDone(await get('--json'))
    const sha256 = createHash('sha256').update(obb.content).digest('hex')
    expect(JSON.parse(io.stdout.text)).toEqual({
      file: target,
      bytes: obb.content.length,
      sha256,
      seconds: 6,
      linkId: 'link0',
      reusedExisting: false,
    })
    expect(io.stderr.text).toBe('')
    expect(io.clock.sleeps).toEqual([2000, 2000, 2000])
    expect(obb.ranges().length).toBe(6)
    const [unrestrict] = obb.server.requests
    expect([unrestrict?.method, unrestrict?.path, unrestrict?.body]).toEqual([
      'POST',
      '/api/external/v1/unrestrict',
      { url: SOURCE },
    ])
  })

  it('sends no key to the download address', async () => {
    await expectDone(await get())
    const downloads = obb.server.requests.filter(({ path }) => path.startsWith('/download/'))
    expect(downloads.some(({ headers }) => 'authorization' in headers)).toBe(false)
  })

  it('opens no more connections than the link allows', async () => {
    obb.maxchunks = 2
    let [open, most] = [0, 0]
    obb.onDownload = (_request, response) => {
      most = Math.max(most, ++open)
      response.on('close', () => open--)
      return false
    }
    await expectDone(await get('-x', '16'))
    expect(most).toBeLessThanOrEqual(2)
  })

  it('asks only for the rest when connections are dropped', async () => {
    obb.onDownload = (request, response, index) => {
      if (index % 2 === 1) return false
      serve(obb.content, obb, request, response, 300_000)
      return true
    }
    await expectDone(await get('-x', '3'))
    expect(obb.ranges()).toContain(`bytes=300000-${MIB - 1}`)
  })

  it('waits as long as a busy server asks, without giving up', async () => {
    obb.onDownload = (_request, response, index) => {
      if (index >= 2) return false
      sendJson(response, 503, refused(105, 'busy'), { 'retry-after': '7' })
      return true
    }
    await expectDone(await get('-x', '1'))
    expect(io.clock.sleeps).toEqual([7000, 7000])
  })

  it('gives up a server that stays busy, with what it has kept for the next run', async () => {
    obb.onDownload = (_request, response, index) => {
      if (index === 0) return false
      sendJson(response, 503, refused(105, 'busy'))
      return true
    }
    expect(await get('-x', '1')).toBe(1)
    expect(io.stderr.text).toContain('is busy and stays so')
    expect(existsSync(recordPath(target))).toBe(true)
    expect(io.clock.sleeps.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(120_000)
  })

  it('goes on where it was interrupted', async () => {
    await interruptedAfter(2)
    await expectDone(await get('-x', '1'))
    // Two of four pieces had been received whole.
    const asked = obb.ranges()
    expect(asked[0]).toMatch(/^bytes=262\d{4}-/)
    expect(asked.length).toBe(2)
  })

  it('starts over when the file has changed since it was interrupted', async () => {
    await interruptedAfter(2)
    obb.content = await contentBytes(patternContent(5 * MIB, 4))
    obb.etag = '"v2"'
    await expectDone(await get('-x', '4'))
  })

  it('starts over when the file changes while it is downloaded', async () => {
    const next = await contentBytes(patternContent(4 * MIB, 9))
    obb.onDownload = (_request, _response, index) => {
      if (index !== 3) return false
      obb.content = next
      obb.etag = '"v2"'
      return false
    }
    // The digest that was stated belongs to the first version.
    obb.withHashes = false
    await expectDone(await get('-x', '2'))
  })

  it('falls back to one connection when the server ignores ranges', async () => {
    obb.ignoreRanges = true
    await expectDone(await get('-x', '8'))
    expect(obb.ranges().length).toBe(1)
  })

  it('reads everything again when a server without ranges breaks off', async () => {
    obb.ignoreRanges = true
    obb.onDownload = (request, response, index) => {
      if (index > 0) return false
      serve(obb.content, obb, request, response, 2 * MIB)
      return true
    }
    await expectDone(await get())
    expect(obb.ranges().length).toBe(2)
  })

  it('downloads in ranges without an ETag, but does not resume then', async () => {
    obb.sendEtag = false
    await interruptedAfter(2)
    await expectDone(await get('-x', '1'))
    expect(obb.ranges()[0]).toMatch(/^bytes=0-/)
  })

  it('asks for the link again when it has ended, and keeps the bytes', async () => {
    obb.onDownload = (_request, _response, index) => {
      if (index === 2) obb.ended.add('link0')
      return false
    }
    await expectDone(await get('-x', '1', '--json'))
    expect(obb.unrestricts).toBe(2)
    expect(JSON.parse(io.stdout.text)).toMatchObject({ linkId: 'link1', reusedExisting: false })
    expect(obb.ranges().filter((range) => range.startsWith('bytes=0-')).length).toBe(1)
  })

  it('polls again when the file is not ready any more', async () => {
    obb.onDownload = (_request, response, index) => {
      if (index !== 1) return false
      obb.pendingPolls = 2
      sendJson(response, 425, refused(105, 'The file is not ready yet.'), { 'retry-after': '5' })
      return true
    }
    await expectDone(await get('-x', '1'))
    expect(io.clock.sleeps).toEqual([5000, 2000, 2000])
  })

  it('downloads an empty file', async () => {
    obb.content = Buffer.alloc(0)
    await expectDone(await get())
  })

  it('follows a redirect on the same origin and no other', async () => {
    obb.onDownload = (request, response) => {
      if (request.path.endsWith('?moved')) return false
      response.writeHead(302, { location: `${request.path}?moved` }).end()
      return true
    }
    await expectDone(await get())
    const elsewhere = await TestObb.start(obb.content)
    obb.onDownload = (request, response) => {
      response.writeHead(302, { location: `${elsewhere.url}${request.path}` }).end()
      return true
    }
    expect(await get('-o', 'other.mkv')).toBe(1)
    expect(io.stderr.text).toContain('a redirect that is not followed')
    expect(elsewhere.server.requests).toEqual([])
    await elsewhere.close()
  })

  it('refuses a file whose digest is not the stated one, and does not put it into place', async () => {
    obb.lyingHash = true
    expect(await get()).toBe(1)
    expect(io.stderr.text).toContain('damaged')
    expect(existsSync(target)).toBe(false)
  })

  it('downloads again when resumed bytes turn out to be wrong', async () => {
    await interruptedAfter(2)
    const damaged = await readFile(dataPath(target))
    damaged.writeUInt8(damaged.readUInt8(5) ^ 0xff, 5)
    await writeFile(dataPath(target), damaged)
    await expectDone(await get('-x', '2'))
  })

  it('leaves a file alone that is already the right one', async () => {
    await writeFile(target, obb.content)
    await expectDone(await get('--json'))
    expect(obb.ranges()).toEqual([])
    expect(JSON.parse(io.stdout.text)).toMatchObject({ file: target, bytes: obb.content.length })
  })

  it.each([
    ['of another size', () => Buffer.from('mine')],
    ['of the same size', () => Buffer.alloc(obb.content.length)],
  ])('does not replace another file %s unless forced', async (_name, mine) => {
    await writeFile(target, mine())
    expect(await get()).toBe(1)
    expect(io.stderr.text).toContain('use --force')
    expect((await readFile(target)).equals(mine())).toBe(true)
    await expectDone(await get('--force'))
  })

  it('gets all of a folder and of those in it, goes on where one fails, and tells all in one document', async () => {
    const [inner, gone] = ['https://gofile.io/d/inner', 'https://gofile.io/gone']
    obb.folders.set(SOURCE, ['https://gofile.io/1', gone, inner]).set(inner, ['https://gofile.io/2'])
    obb.unknown.add(gone)
    expect(await get('--json')).toBe(1)
    expect(io.stderr.text).toMatch(
      /^obb: https:\/\/gofile\.io\/gone: .*\(status 101\)\nobb: 1 of 3 links failed\n/,
    )
    expect(JSON.parse(io.stdout.text)).toMatchObject({
      files: [{ file: target }, { file: target }],
      failed: [{ url: gone, error: { status: 101 } }],
      error: { status: null, details: [gone] },
    })
  })

  it('puts no folder into one file', async () => {
    obb.folders.set(SOURCE, ['https://gofile.io/1', 'https://gofile.io/2'])
    expect(await get('-o', 'one.bin', '--force')).toBe(2)
    expect(io.stderr.text).toContain('-o must be a directory')
    expect(await readdir(directory)).toEqual([])
  })

  it('takes a directory or a file for -o, and names that stay inside', async () => {
    obb.filename = '../../.evil/na\u0000me.bin'
    await mkdir(join(directory, 'sub'))
    expect(await get('-o', 'sub')).toBe(0)
    expect(await readdir(join(directory, 'sub'))).toEqual(['_.._.evil_name.bin'])
    expect(await get('-o', 'sub/mine.bin')).toBe(0)
    expect(existsSync(join(directory, 'sub', 'mine.bin'))).toBe(true)
  })

  it.each([
    ['a directory that is not there', ['-o', 'nowhere/x.bin'], 'there is no directory'],
    ['stdout', ['-o', '-'], 'stdout'],
    ['no connection', ['-x', '0'], '-x must be'],
    ['words for numbers', ['-x', 'many'], 'not a whole number'],
  ])('does not charge anything before it refuses %s', async (_name, more, text) => {
    expect(await get(...more)).toBe(2)
    expect(io.stderr.text).toContain(text)
    expect(obb.server.requests).toEqual([])
  })

  it("ends with the portal's words on a refusal", async () => {
    obb.refusal = { code: 402, body: refused(52, 'Not enough traffic left for this file.') }
    expect(await get('--json')).toBe(1)
    expect(JSON.parse(io.stdout.text)).toMatchObject({ error: { status: 52 } })
    expect(io.stderr.text).toBe('obb: Not enough traffic left for this file. (status 52)\n')
    expect(io.clock.sleeps).toEqual([])
  })

  it('reads a refusal that comes with HTTP 200', async () => {
    obb.refusal = { code: 200, body: refused(109, 'This file needs a password.') }
    expect(await get()).toBe(1)
    expect(io.stderr.text).toBe('obb: This file needs a password. (status 109)\n')
  })

  it('says to which package the file belongs', async () => {
    expect(await get('--package', 'First season')).toBe(0)
    expect(obb.unrestrictBodies()).toEqual([{ url: SOURCE, package: 'First season' }])
  })

  it('waits out a short maintenance and gives a long one up', async () => {
    obb.refusal = { code: 503, body: refused(105, 'Maintenance.', { retry_in_seconds: 20 }) }
    expect(await get('--json')).toBe(1)
    expect(io.stderr.text).toBe('obb: Maintenance. (status 105, try again in 20 s)\n')
    expect(io.clock.sleeps).toEqual([20_000, 20_000, 20_000])
    expect(obb.unrestricts).toBe(4)
  })

  it('says that the key is wrong, without repeating it', async () => {
    const wrong = `obb_${'x'.repeat(32)}`
    expect(await run(['get', SOURCE, '--key', wrong, '--api', obb.url], io)).toBe(1)
    expect(io.stderr.text).toContain('(status 1)')
    expect(io.stderr.text).not.toContain(wrong)
  })

  it('takes address and key from ready.json', async () => {
    await mkdir(join(directory, 'data'))
    await writeFile(join(directory, 'data', 'ready.json'), JSON.stringify({ api: obb.url, apiKey: TEST_KEY }))
    expect(await run(['get', SOURCE, '-o', 'data', '--quiet'], io)).toBe(0)
    expect([io.stdout.text, io.stderr.text]).toEqual(['', ''])
  })

  it('shows plain lines where there is no terminal and a bar where there is one', async () => {
    obb.pendingPolls = 1
    expect(await get()).toBe(0)
    expect(io.stderr.text).toContain('25%  fetching film.mkv\n')
    expect(io.stderr.text).toContain('100%  5.3 MB of 5.3 MB')
    expect(io.stderr.text).not.toContain('\r')
    io = testIo(directory)
    io.stderr.isTTY = true
    io.stderr.columns = 100
    expect(await get('-o', 'second.mkv')).toBe(0)
    expect(io.stderr.text).toMatch(/\r\[=+\] 100% {2}5\.3 MB of 5\.3 MB/)
    expect(io.stdout.text).toMatch(/second\.mkv {2}5\.3 MB in 0\.0 s\nSHA-256 [0-9a-f]{64}\n$/)
  })
})
