import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { PIECE_BYTES } from '@obb/core/files'
import { LINK, pattern, type Reply, Rig, turns } from '../testing/rig.js'
import { PieceHashes } from './piece-hashes.js'

const FILE = pattern(100)
const hex = (name: string): string => createHash(name).update(FILE).digest('hex')

let rig: Rig
beforeEach(async () => {
  rig = await Rig.start()
})
afterEach(() => rig.stop())

it('a Metalink tells size, hashes, pieces and the address of the file', async () => {
  await rig.put(FILE, { name: 'A & B <"1">.mkv' })
  rig.downloads.piecesByFile.set('7', Buffer.concat([Buffer.alloc(32, 0xaa), Buffer.alloc(32, 0xbb)]))
  const { status, headers, body } = await rig.ask(`/download/${LINK}/whatever.mkv.meta4`)
  expect(status).toBe(200)
  expect(headers['content-type']).toBe('application/metalink4+xml')
  expect(headers['content-length']).toBe(String(body.length))
  expect(headers['content-disposition']).toContain('attachment; filename="A _ B __1__.mkv.meta4"')
  expect(body.toString()).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<metalink xmlns="urn:ietf:params:xml:ns:metalink">
  <file name="A _ B __1__.mkv">
    <size>100</size>
    <hash type="sha-256">${hex('sha256')}</hash>
    <hash type="md5">${hex('md5')}</hash>
    <pieces length="4194304" type="sha-256">
      <hash>${'aa'.repeat(32)}</hash>
      <hash>${'bb'.repeat(32)}</hash>
    </pieces>
    <url>http://127.0.0.1:${rig.port}/download/${LINK}/A%20%26%20B%20__1__.mkv</url>
  </file>
</metalink>
`)
  const head = await rig.ask(`/download/${LINK}/x.meta4`, {}, 'HEAD')
  expect([head.status, head.headers['content-length'], head.body.length]).toEqual([
    200,
    String(body.length),
    0,
  ])
  expect(rig.downloads.touched).toEqual([])
  expect(rig.store.reads).toEqual([])
})

it('a Metalink has no MD5 where it is not known', async () => {
  await rig.put(FILE, { md5: null })
  expect(String((await rig.ask(`/download/${LINK}/x.meta4`)).body)).not.toMatch(/md5/)
})

it('a Metalink of a file without bytes has no pieces', async () => {
  await rig.put(Buffer.alloc(0))
  expect(String((await rig.ask(`/download/${LINK}/x.meta4`)).body)).not.toMatch(/pieces/)
})

describe('hashes of pieces that nobody asked for before', () => {
  const BIG = pattern(9 * 1024 * 1024 + 1)
  const linesOf = (bytes: Buffer): string[] =>
    Array.from({ length: Math.ceil(bytes.length / PIECE_BYTES) }, (_, at) => {
      const piece = bytes.subarray(at * PIECE_BYTES, (at + 1) * PIECE_BYTES)
      return `      <hash>${createHash('sha256').update(piece).digest('hex')}</hash>`
    })
  const piecesIn = ({ body }: Reply): string[] | null => String(body).match(/^ {6}<hash>.*$/gm)
  const meta4 = (linkId = LINK, method = 'GET') => rig.ask(`/download/${linkId}/x.meta4`, {}, method)
  const kept = async (fileId = '7'): Promise<Buffer> => {
    while (!rig.downloads.piecesByFile.has(fileId)) await turns(1)
    return rig.downloads.piecesByFile.get(fileId)!
  }

  it('are computed for who asks first and kept for all others; HEAD computes nothing', async () => {
    await rig.put(BIG)
    const head = await meta4(LINK, 'HEAD')
    expect(rig.store.reads).toEqual([])
    const first = await meta4()
    expect(piecesIn(first)).toEqual(linesOf(BIG))
    expect([first.headers['content-length'], head.headers['content-length']]).toEqual(
      Array(2).fill(String(first.body.length)),
    )
    await kept()
    expect((await meta4()).body.equals(first.body)).toBe(true)
    expect(rig.store.reads).toEqual([`0-${BIG.length}`])
  })

  it.each([PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1])('are those of %i bytes', async (size) => {
    await rig.put(BIG.subarray(0, size))
    expect(piecesIn(await meta4())).toEqual(linesOf(BIG.subarray(0, size)))
  })

  it('are computed once for all who ask meanwhile, over a store that breaks', async () => {
    await rig.put(BIG)
    rig.store.breaks.push(5_000_000, 100)
    const answers = await Promise.all([meta4(), meta4(), meta4()])
    for (const answer of answers) expect(piecesIn(answer)).toEqual(linesOf(BIG))
    expect(rig.store.reads.map((range) => range.split('-')[0])).toEqual(['0', '5000000', '5000100'])
  })

  it('are computed to the end and kept when their client leaves', async () => {
    await rig.put(BIG)
    const socket = await rig.dial()
    socket.write(`GET /download/${LINK}/x.meta4 HTTP/1.1\r\nHost: a\r\n\r\n`)
    await rig.store.busy()
    socket.destroy()
    expect((await kept()).length).toBe(3 * 32)
    expect(rig.store.reads).toHaveLength(1)
  })

  it('are left out while those of two others are computed', async () => {
    const ids = ['a', 'b', 'c'].map((letter) => letter.repeat(24))
    for (const linkId of ids) await rig.put(FILE, { linkId, fileId: linkId })
    rig.store.hung = true
    const waiting = ids.slice(0, 2).map((linkId) => meta4(linkId))
    while (rig.store.reads.length < 2) await turns(1)
    const third = await meta4(ids[2])
    expect([third.status, piecesIn(third)]).toEqual([200, null])
    await rig.app.get(PieceHashes).onModuleDestroy()
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([503, 503])
  })

  it('are not told where the object is gone: the file is fetched again', async () => {
    rig.link({ objectKey: 'files/gone', size: 5, sha256: hex('sha256') })
    expect((await meta4()).status).toBe(425)
    expect(rig.downloads.lostFiles).toEqual(['7'])
  })

  it('are not kept where the store ends for good: the answer ends short', async () => {
    await rig.put(BIG)
    rig.store.breaks.push(5_000_000, 0, 0, 0, 0, 0)
    await expect(meta4()).rejects.toThrow()
    await turns(5)
    expect(rig.downloads.piecesByFile.size).toBe(0)
  })
})

it('a file that is a Metalink itself is served as it is', async () => {
  await rig.put(FILE, { name: 'list.meta4' })
  expect((await rig.ask(`/download/${LINK}/list.meta4`)).body.equals(FILE)).toBe(true)
})

it('a file that is not ready has no Metalink', async () => {
  rig.link({ state: 'not_ready' })
  expect((await rig.ask(`/download/${LINK}/x.meta4`)).status).toBe(425)
})

it.each([
  'Host: evil.example',
  'Host: 192.0.2.1:80',
  'Host: evil.example/x?',
  'Host: "><evil>',
  `Host: ${'a'.repeat(3_000)}`,
  'Host: a\r\nX-Forwarded-Host: evil.example',
])('a Metalink asked for with %s leads to where its reader came to, whatever that says', async (line) => {
  await rig.put(FILE, { name: 'a.mkv' })
  const head = `GET /download/${LINK}/x.meta4 HTTP/1.1\r\n${line}\r\nConnection: close\r\n\r\n`
  const [, url] = /<url>(.*)<\/url>/.exec(await rig.say(head)) ?? []
  expect(url).toBe(`http://127.0.0.1:${rig.port}/download/${LINK}/a.mkv`)
})
