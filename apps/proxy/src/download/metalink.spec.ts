import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { createHash } from 'node:crypto'
import { LINK, pattern, Rig } from '../testing/rig.js'

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
  expect(headers['content-disposition']).toContain('attachment; filename="A & B <_1_>.mkv.meta4"')
  expect(body.toString()).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<metalink xmlns="urn:ietf:params:xml:ns:metalink">
  <file name="A &amp; B &lt;&quot;1&quot;&gt;.mkv">
    <size>100</size>
    <hash type="sha-256">${hex('sha256')}</hash>
    <hash type="md5">${hex('md5')}</hash>
    <pieces length="4194304" type="sha-256">
      <hash>${'aa'.repeat(32)}</hash>
      <hash>${'bb'.repeat(32)}</hash>
    </pieces>
    <url>http://127.0.0.1:${rig.port}/download/${LINK}/A%20%26%20B%20%3C%221%22%3E.mkv</url>
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
})

it('a Metalink has no MD5 and no pieces where they are not known', async () => {
  await rig.put(FILE, { md5: null })
  const text = String((await rig.ask(`/download/${LINK}/x.meta4`)).body)
  expect(text).not.toMatch(/md5|pieces/)
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
