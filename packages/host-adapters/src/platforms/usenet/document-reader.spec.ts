import { gzipSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import { type NzbAnswer, read } from './document-reader.js'

const NAME = 'café ÄÖ.rar'
const nzb = (declaration: string, subject = `"${NAME}" yEnc (1/1)`) =>
  `${declaration}<nzb><file subject='${subject}'><segments><segment number="1">a@b</segment></segments></file></nzb>`
const namesIn = (document: Uint8Array) =>
  (read(document, 'list').answer as NzbAnswer).listed.map(({ name }) => name)
const declared = (charset: string) => `<?xml version="1.0" encoding="${charset}"?>`

describe('an NZB is read in the encoding that it is in', () => {
  it.each([
    ['UTF-8', Buffer.from(nzb(declared('UTF-8')))],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${nzb(declared('utf-8'))}`)],
    ['UTF-8 that says it is Latin-1', Buffer.from(nzb(declared('iso-8859-1')))],
    ['Latin-1', Buffer.from(nzb(declared('ISO-8859-1')), 'latin1')],
    ['Latin-1 that does not say so', Buffer.from(nzb(''), 'latin1')],
    ['Latin-1 that says it is UTF-8', Buffer.from(nzb(declared('UTF-8')), 'latin1')],
    ['Latin-1, compressed', gzipSync(Buffer.from(nzb(declared('ISO-8859-1')), 'latin1'))],
  ])('%s', (_what, document) => {
    expect(namesIn(document)).toEqual([NAME])
  })

  it('that it declares', () => {
    const cyrillic = Buffer.concat([
      Buffer.from(nzb(declared('windows-1251'), '"').split("'")[0] ?? ''),
      Buffer.from(`'"`),
      Buffer.from([0xcc, 0xe8, 0xf0]),
      Buffer.from(`.rar" yEnc'><segments><segment number="1">a@b</segment></segments></file></nzb>`),
    ])
    expect(namesIn(cyrillic)).toEqual(['Мир.rar'])
  })

  it('and refused in one that nobody knows', () => {
    const document = Buffer.from(nzb(declared('x-mine')), 'latin1')
    expect(() => read(document, 'list')).toThrow(expect.objectContaining({ kind: 'BAD_URL' }))
  })

  it('with about how many bytes the numbers of a file leave out', () => {
    const segment = (number: number) => `<segment bytes="100" number="${number}">${number}@b</segment>`
    const text = (...numbers: number[]) =>
      `<nzb><file subject="a"><segments>${numbers.map(segment).join('')}</segments></file></nzb>`
    const missing = (...numbers: number[]) =>
      (read(Buffer.from(text(...numbers)), 'list').answer as NzbAnswer).listed[0]?.missing
    expect([missing(1, 2, 3), missing(1, 3, 5), missing(1)]).toEqual([undefined, 200, undefined])
  })

  it('with what its subject says where that names no file', () => {
    expect(namesIn(Buffer.from(nzb('', 'Re: A (2/3)')))).toEqual(['A'])
  })
})
