import { createHash } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { parseNzb as parse } from './nzb.js'
import { parseServers } from './servers.js'

const parseNzb = (text: string) => parse(text).files
const DOCTYPE =
  '<!DOCTYPE nzb PUBLIC "-//newzBin//DTD NZB 1.1//EN" "http://www.newzbin.com/DTD/nzb/nzb-1.1.dtd">'
const segments = (...list: readonly [number, string][]) =>
  list.map(([number, id]) => `<segment bytes="10" number="${number}">${id}</segment>`).join('')
const nzb = (inner: string, subject = '&quot;a &amp; b.bin&quot; yEnc (1/2)') =>
  `<?xml version="1.0"?>${DOCTYPE}<nzb xmlns="http://www.newzbin.com/DTD/2003/nzb">` +
  `<file subject="${subject}"><groups><group>a.b</group></groups><segments>${inner}</segments></file></nzb>`

describe('an NZB', () => {
  it('lists files by their articles, in the order of their numbers', () => {
    const [file] = parseNzb(nzb(segments([2, 'z@x'], [1, '&lt;a&amp;b@x&gt;'], [1, 'again@x'])))
    expect(file).toEqual({
      fileId: createHash('sha256').update('a&b@x\nz@x').digest('hex'),
      name: 'a & b.bin',
      segments: [
        { messageIds: ['a&b@x', 'again@x'], bytes: 10 },
        { messageIds: ['z@x'], bytes: 10 },
      ],
    })
  })

  it('keeps the place of what it does not list, and believes nothing that subjects count', () => {
    const listed = (...list: [number, string][]) =>
      parseNzb(nzb(segments(...list)))[0]?.segments.map(({ messageIds }) => messageIds.join())
    expect(listed([1, 'a@x'], [3, 'c@x'])).toEqual(['a@x', '', 'c@x'])
    expect(listed([10, 'a@x'], [30, 'c@x'])).toEqual(['a@x', 'c@x'])
    expect(listed([0, 'a@x'], [1, 'b@x'], [3, 'd@x'])).toEqual(['a@x', 'b@x', '', 'd@x'])
    const subjects = ['abcdefgh yEnc (1/57)', 'Great stuff (003/143) - &quot;f2.rar&quot; yEnc', 'no parts']
    for (const subject of subjects)
      expect(parseNzb(nzb(segments([1, 'a@x']), subject))[0]?.segments).toHaveLength(1)
  })

  it.each(['a@x\r\nQUIT', 'a b@x', 'a@x&#10;QUIT', 'ü@x', 'a>b@x', ''])(
    'names no article %j, which would not stay in a command',
    (id) => {
      const [file] = parseNzb(nzb(segments([1, 'good@x'], [2, id])))
      expect(file).toMatchObject({ segments: [{ messageIds: ['good@x'] }] })
    },
  )

  it.each([
    ['entities', '<!DOCTYPE nzb [<!ENTITY a "b">]><nzb/>'],
    ['an internal subset', '<!DOCTYPE nzb PUBLIC "x" "y" [ ]><nzb/>'],
    ['another root', '<html><nzb/></html>'],
    ['no articles at all', nzb('')],
    ['nothing', ''],
    ['an end too soon', nzb(segments([1, 'a@x'])).slice(0, -6)],
    ['two documents in it', '<nzb/><nzb/>'],
    ['elements in elements without end', '<nzb>' + '<a>'.repeat(100)],
    ['a declaration in lower case', '<!doctype nzb [ ]><nzb/>'],
  ])('with %s is refused', (_what, text) => {
    expect(() => parseNzb(text)).toThrow(expect.objectContaining({ kind: 'BAD_URL' }))
  })

  it('tells title, first password and category of its head, decoded, and nothing that is no such thing', () => {
    const head = (inner: string) => parse(`<nzb><head>${inner}</head></nzb>`).post
    expect(
      head(
        `<meta type="title">A &amp; B</meta><meta type="Password"> s&lt;e c </meta><meta type="password">other</meta>
         <meta type="category">TV > HD</meta><meta type="tag">x</meta><meta>y</meta>`,
      ),
    ).toEqual({ title: 'A & B', password: 's<e c', category: 'TV > HD' })
    expect(head(`<meta type="title">${'x'.repeat(501)}</meta><meta type="password"></meta>`)).toEqual({})
    expect(head('<meta type="name">A</meta><meta type="constructor">x</meta>')).toEqual({ title: 'A' })
    expect(parse('<nzb><meta type="title">no head</meta></nzb>').post).toEqual({})
  })

  it('may have subjects that were escaped twice', () => {
    const [file] = parseNzb(nzb(segments([1, 'a@x']), '&amp;quot;a &amp;amp; b.bin&amp;quot; yEnc (1/1)'))
    expect(file?.name).toBe('a & b.bin')
  })

  it('may be empty', () => {
    expect(parseNzb('<nzb xmlns="x"></nzb>')).toEqual([])
    expect(parseNzb('<nzb/>')).toEqual([])
  })

  it('may be written with prefixes, CDATA, comments and other elements', () => {
    const [file] = parseNzb(
      `<n:nzb xmlns:n="x"><head><meta type="title">a</meta></head><n:file subject='"a.bin" (1/1)'><n:segments>
       <n:segment number="1" bytes="7"><![CDATA[<a@x>]]></n:segment><!-- <segment number="2">b@x</segment> -->
       </n:segments></n:file></n:nzb>`,
    )
    expect(file).toMatchObject({ name: 'a.bin', segments: [{ messageIds: ['a@x'], bytes: 7 }] })
  })
})

describe('servers', () => {
  it('are read in order, with ports by scheme and logins decoded', () => {
    const text = 'nntps://me:p%40ss%20word@News.Example.com?connections=30\n nntp://[2001:db8::1]:8119'
    expect(parseServers(text)).toEqual([
      {
        host: 'news.example.com',
        port: 563,
        tls: true,
        login: { user: 'me', password: 'p@ss word' },
        connections: 30,
      },
      { host: '2001:db8::1', port: 8119, tls: false, connections: 8 },
    ])
  })

  it.each([
    'news.example.com',
    'https://me:secret@news.example.com',
    'nntp://me:secret%0d%0aQUIT@news.example.com',
    'nntp://me:secret%zz@news.example.com',
    'nntp://me:secret@news.example.com?connections=0',
    'nntp://me:secret@news.example.com?connections=many',
  ])('%j are refused without quoting them', (text) => {
    let error: unknown
    try {
      parseServers(text)
    } catch (caught) {
      error = caught
    }
    expect(error).toMatchObject({ kind: 'CONFIG' })
    expect(String(error)).not.toContain('secret')
  })
})
