import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { systemClock } from '@obb/core/clock'
import { Fetches } from '@obb/core/fetches'
import { type NameOrigin, SourceFile } from '@obb/core/files'
import { TestDatabase } from '@obb/core/testing'
import { LOST } from './fetch-end.js'
import { FileNaming } from './file-naming.js'

const says = (name: string) => ({ 'content-disposition': `attachment; filename="${name}"` })

let db: TestDatabase
let fetches: Fetches
beforeAll(async () => {
  db = await TestDatabase.open()
  fetches = new Fetches(db.source, systemClock)
})
afterAll(() => db.close())

/** A file of this name that is being fetched, and what its row was told. */
async function naming(name: string, nameFrom: NameOrigin, held = true) {
  const file = await db.aFile({ state: 'downloading', name, nameFrom })
  const rename = jest.spyOn(fetches, 'rename').mockClear()
  const told = () => rename.mock.calls.map(([, to]) => to)
  const claim = { fileId: file.id, claim: held ? file.claim : file.claim - 1, worker: 'one' }
  const row = async () => {
    const now = await db.source.manager.findOneByOrFail(SourceFile, { id: file.id })
    return [now.name, now.nameFrom]
  }
  return { file, row, told, naming: new FileNaming(fetches, file, claim) }
}

describe('the name of a file that is fetched', () => {
  it('stays as its host told it, whatever comes with the bytes', async () => {
    const { file, naming: it, told } = await naming('told.bin', 'check')
    await it.useLinkName('other.bin')
    await it.onAnswer(says('third.bin'))
    expect([file.name, told()]).toEqual(['told.bin', []])
  })

  it('that is only a guess gives way to that of the first answer, fit to be kept, which is told once', async () => {
    const { file, naming: it, row, told } = await naming('x7Yz', 'link')
    await it.useLinkName(undefined)
    await Promise.all([says('../a\tb.bin'), says('other.bin'), says('third.bin')].map(it.onAnswer))
    expect([file.name, file.nameFrom, told()]).toEqual(['ab.bin', 'fetch', ['ab.bin']])
    expect(await row()).toEqual(['ab.bin', 'fetch'])
  })

  it('stays a guess where the first answer says nothing', async () => {
    const { file, naming: it, told } = await naming('x7Yz', 'link')
    await it.onAnswer({})
    await it.onAnswer({ 'content-disposition': 'attachment; filename=".."' })
    expect([file.name, file.nameFrom, told()]).toEqual(['x7Yz', 'link', []])
  })

  it('that came with the direct link goes before that of the answer', async () => {
    const { file, naming: it } = await naming('x7Yz', 'link')
    await it.useLinkName('of the link.bin')
    await it.onAnswer(says('other.bin'))
    expect(file.name).toBe('of the link.bin')
  })

  it('is not told again when a fetch goes on, and is told anew when it is another', async () => {
    const same = await naming('a.bin', 'fetch')
    await same.naming.onAnswer(says('a.bin'))
    expect(same.told()).toEqual([])
    const other = await naming('a.bin', 'fetch')
    await other.naming.onAnswer(says('b.bin'))
    expect(other.told()).toEqual(['b.bin'])
  })

  it('is not a worker’s to tell that lost the file', async () => {
    const { file, naming: it } = await naming('x7Yz', 'link', false)
    await expect(it.onAnswer(says('a.bin'))).rejects.toBe(LOST)
    expect(file.name).toBe('x7Yz')
  })
})
