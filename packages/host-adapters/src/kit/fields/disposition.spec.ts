import { describe, expect, it } from '@jest/globals'
import { dispositionName } from './disposition.js'

describe('the name in a Content-Disposition', () => {
  it.each([
    [`attachment; filename="plain.bin"; filename*=UTF-8''%C3%BC%20name.bin`, 'ü name.bin'],
    [`attachment; filename*=iso-8859-1'en'%FC.bin`, 'ü.bin'],
    ['attachment; filename=token.bin', 'token.bin'],
    ['attachment; filename="a \\"quoted\\" name.bin"', 'a "quoted" name.bin'],
    ['attachment; filename="../../etc/passwd"', 'passwd'],
    [`attachment; filename*=UTF-8''..%2F..%2Fx.bin`, 'x.bin'],
    [Buffer.from('attachment; filename="ü.bin"').toString('latin1'), 'ü.bin'],
    ['attachment; filename=".."', undefined],
    ['attachment', undefined],
  ])('reads the name in %j', (header, name) => {
    expect(dispositionName(header)).toBe(name)
  })
})
