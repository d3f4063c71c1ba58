import { describe, expect, it } from '@jest/globals'
import type { Fetches } from '@obb/core/fetches'
import type { NameOrigin, SourceFile } from '@obb/core/files'
import { LOST } from './fetch-end.js'
import { FileNaming } from './file-naming.js'

const CLAIM = { fileId: 'f', claim: 1, worker: 'w' }
const says = (name: string) => ({ 'content-disposition': `attachment; filename="${name}"` })

/** A file of this name, and what its row was told. */
function naming(name: string, nameFrom: NameOrigin, held = true) {
  const told: string[] = []
  const file = { name, nameFrom } as SourceFile
  const rename = (_claim: unknown, to: string): Promise<boolean> => (told.push(to), Promise.resolve(held))
  return { file, told, naming: new FileNaming({ rename } as unknown as Fetches, file, CLAIM) }
}

describe('the name of a file that is fetched', () => {
  it('stays as its host told it, whatever comes with the bytes', async () => {
    const { file, naming: it, told } = naming('told.bin', 'check')
    await it.resolved('other.bin')
    await it.onAnswer(says('third.bin'))
    expect([file.name, told]).toEqual(['told.bin', []])
  })

  it('that is only a guess gives way to that of the first answer, fit to be kept, which is told once', async () => {
    const { file, naming: it, told } = naming('x7Yz', 'link')
    await it.resolved(undefined)
    await Promise.all([says('../a\tb.bin'), says('other.bin'), says('third.bin')].map(it.onAnswer))
    expect([file.name, file.nameFrom, told]).toEqual(['a_b.bin', 'fetch', ['a_b.bin']])
  })

  it('stays a guess where the first answer says nothing', async () => {
    const { file, naming: it, told } = naming('x7Yz', 'link')
    await it.onAnswer({})
    await it.onAnswer({ 'content-disposition': 'attachment; filename=".."' })
    expect([file.name, file.nameFrom, told]).toEqual(['x7Yz', 'link', []])
  })

  it('that came with the direct link goes before that of the answer', async () => {
    const { file, naming: it } = naming('x7Yz', 'link')
    await it.resolved('of the link.bin')
    await it.onAnswer(says('other.bin'))
    expect(file.name).toBe('of the link.bin')
  })

  it('is not told again when a fetch goes on, and is told anew when it is another', async () => {
    const same = naming('a.bin', 'fetch')
    await same.naming.onAnswer(says('a.bin'))
    expect(same.told).toEqual([])
    const other = naming('a.bin', 'fetch')
    await other.naming.onAnswer(says('b.bin'))
    expect(other.told).toEqual(['b.bin'])
  })

  it('is not a worker’s to tell that lost the file', async () => {
    const { file, naming: it } = naming('x7Yz', 'link', false)
    await expect(it.onAnswer(says('a.bin'))).rejects.toBe(LOST)
    expect(file.name).toBe('x7Yz')
  })
})
