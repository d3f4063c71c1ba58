import { describe, expect, it } from '@jest/globals'
import { type ReadyLink, linkList, metalink } from './exports.js'

const link = (filename: string, url: string, sha256?: string) =>
  ({
    ...{ filename, link: url, filesize: '12' },
    ...(sha256 && { hashes: { sha256 } }),
  }) as unknown as ReadyLink

describe('what several files are handed on as', () => {
  it('is a link a line', () => {
    expect(linkList([link('a', 'https://p.test/a'), link('b', 'https://p.test/b')])).toBe(
      'https://p.test/a\nhttps://p.test/b\n',
    )
  })

  it('is one Metalink, in which no name is markup and none stands twice', () => {
    const hostile = '"><url>https://evil.test</url> & \u0000.bin'
    const text = metalink([
      link(hostile, 'https://p.test/a?b&c', 'ab'),
      link('film.mkv', 'https://p.test/1'),
      link('film.mkv', 'https://p.test/2'),
    ])
    expect(text.match(/<url>/g)).toHaveLength(3)
    expect(text).not.toContain('<url>https://evil.test')
    expect(text).toContain('<url>https://p.test/a?b&amp;c</url>')
    expect(text).toContain('<hash type="sha-256">ab</hash>')
    expect([...text.matchAll(/<file name="([^"]*)">/g)].slice(1).map(([, name]) => name)).toEqual([
      'film.mkv',
      'film (2).mkv',
    ])
  })
})
