import { describe, expect, it } from '@jest/globals'
import type { ExpandedLink } from '../../kit/adapter.js'
import type { FakeFolder } from '../../fake/fake-host.js'
import { patternContent } from '../../fake/content.js'
import type { TransferKnobs } from '../../fake/transfer.js'
import { MAX_EXPANDED_LINKS } from '../../kit/limits.js'
import { caseUnless } from '../case.js'
import type { Subject } from '../subject.js'

export function describeFolders<Knobs extends TransferKnobs>(subject: Subject<Knobs>): void {
  const { adapter, platform } = subject
  if (adapter.expand === undefined) return
  const content = patternContent(1000)
  const addFile = (name: string) => subject.bench.fake.addFile({ name, content })
  const addFolder = (folder: FakeFolder): string => {
    const link = subject.bench.fake.addFolder?.(folder)
    if (link === undefined) throw new Error('the fake has no addFolder although the adapter expands folders')
    return link
  }
  const idOf = (link: string) => adapter.match(new URL(link))?.fileId
  /** Down to the files, as a client would go. */
  async function filesIn(link: string, depth = 0): Promise<ExpandedLink[]> {
    expect(depth).toBeLessThan(5)
    const entries = await subject.expand(link)
    const deeper = entries.map((entry) => {
      const isFolder = adapter.match(new URL(entry.url))?.kind === 'folder'
      return isFolder && entry.url !== link ? filesIn(entry.url, depth + 1) : [entry]
    })
    return (await Promise.all(deeper)).flat()
  }

  describe('folders', () => {
    it('are expanded to links of their files, nested ones included, without charging', async () => {
      const names = ['a.bin', 'b – ü.bin', 'c.bin']
      const [first = '', second = '', third = ''] = names.map(addFile)
      const inner = addFolder({ name: 'inner', entries: [second, third] })
      const found = await filesIn(addFolder({ name: 'outer', entries: [first, inner] }))
      expect(found.map(({ name }) => name).sort()).toEqual(names)
      expect(found.map(({ size }) => size)).toEqual([1000, 1000, 1000])
      expect(new Set(found.map(({ url }) => idOf(url))).size).toBe(3)
      expect(found.map(({ url }) => adapter.match(new URL(url)) !== undefined)).toEqual([true, true, true])
      expect(subject.calls(platform.chargingCalls)).toEqual([])
    })

    it('may be empty, or gone', async () => {
      expect(await subject.expand(addFolder({ name: 'empty', entries: [] }))).toEqual([])
      const gone = addFolder({ name: 'gone', entries: [] })
      subject.bench.fake.removeFile(gone)
      expect((await subject.failure(subject.expand(gone))).kind).toBe('FILE_GONE')
    })

    it('that are too big are refused for good, not cut', async () => {
      const entries = Array.from({ length: MAX_EXPANDED_LINKS + 1 }, (_, at) => addFile(`${at}.bin`))
      const error = await subject.failure(subject.expand(addFolder({ name: 'big', entries })))
      expect(error.retryable).toBe(false)
    }, 60_000)

    const passwords = caseUnless(!adapter.manifest.folderPasswords && 'no passwords of folders')
    passwords('with a password want the right one', async () => {
      const link = addFolder({ name: 'closed', entries: [addFile('a.bin')], password: 'sesame-word' })
      subject.passwords.add('sesame-word').add('wrong-word')
      expect((await subject.failure(subject.expand(link))).kind).toBe('FILE_PASSWORD_REQUIRED')
      const wrong = subject.expand(link, { password: 'wrong-word' })
      expect((await subject.failure(wrong)).kind).toBe('FILE_PASSWORD_WRONG')
      expect(await subject.expand(link, { password: 'sesame-word' })).toHaveLength(1)
    })
  })
}
