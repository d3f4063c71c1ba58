import { describe, expect, it } from '@jest/globals'
import { expectLinear, hostileShapes } from './linear.js'

describe('a reader whose time is not in proportion to its text is found', () => {
  it.each([
    ['dots at the end of a hostname', (text: string) => text.replace(/\.+$/, '')],
    ['blanks around a range', (text: string) => text.replace(/^[ \t]+|[ \t]+$/g, '')],
    ['angle brackets around a message id', (text: string) => text.replace(/^\s*<?|>?\s*$/g, '')],
    [
      'a field whose value may begin with blanks',
      (text: string) => /^[a-z]+=[ \t]*([\t -~]*)\r\n/.exec(text),
    ],
    ['a quote that is never closed', (text: string) => text.match(/\\"([^<]*)<\/q>/)],
    [
      'a loop that looks from every place to the end',
      (text: string) => {
        for (let at = 0; at < text.length; at++) if (text.indexOf('<end>', at) !== -1) return at
        return -1
      },
    ],
  ])('%s', (_what, read) => {
    expect(() => expectLinear(read, hostileShapes('a='))).toThrow('times as long')
  })

  it('also where no text is longer than a URL', () => {
    const read = (text: string): string => text.replace(/\.+$/, '')
    expect(() => expectLinear(read, hostileShapes('http://a'), { length: 2_048 })).toThrow('times as long')
  })
})

describe('a reader whose time is in proportion', () => {
  it.each([
    ['goes over its text once', (text: string) => text.split('.').length],
    [
      'goes over it some times',
      (text: string) => JSON.stringify(text.trim().toLowerCase().replaceAll('%', '')).length,
    ],
    ['stops early', (text: string) => text.startsWith('http://')],
    [
      'refuses',
      () => {
        throw new Error('no')
      },
    ],
  ])('%s', (_what, read) => {
    expectLinear(read, hostileShapes('http://a.example/'))
  })
})
