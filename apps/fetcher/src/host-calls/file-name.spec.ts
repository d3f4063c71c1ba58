import { describe, expect, it } from '@jest/globals'
import { checkedName } from './file-name.js'

describe('the name that a file has from its check on', () => {
  it.each([
    [{ name: 'told.bin', nameHint: 'x' }, { fileId: 'id', nameHint: 'y' }, 'told.bin', 'check'],
    [{ name: ' a/b\\c\u0000\u0085.bin ' }, { fileId: 'id' }, 'a_b_c.bin', 'check'],
    [
      { name: `${'n'.repeat(300)}.7z.001` },
      { fileId: 'id' },
      `${'n'.repeat(148)}~${'n'.repeat(49)}.7z.001`,
      'check',
    ],
    [{ name: 'NUL.\u202egpj.exe' }, { fileId: 'id' }, '_NUL.gpj.exe', 'check'],
    [{ name: '..', nameHint: 'better' }, { fileId: 'id', nameHint: 'y' }, 'better', 'link'],
    [{}, { fileId: 'id', nameHint: 'y/z' }, 'y_z', 'link'],
    [{ name: ' ' }, { fileId: 'id', nameHint: '.' }, 'id', 'link'],
  ])('told as %j for the link %j is %j', (info, ref, name, nameFrom) => {
    expect(checkedName(info, ref)).toEqual({ name, nameFrom })
  })
})
