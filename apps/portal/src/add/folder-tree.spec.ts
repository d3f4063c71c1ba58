import { describe, expect, it } from '@jest/globals'
import { type FolderContent, contentOf, filesIn, treeRows, withTicks } from './folder-tree.js'

const file = (name: string, size: number | null = 1) => ({ url: `https://a.test/${name}`, name, size })
const folder = (name: string) => ({ url: `https://a.test/f/${name}`, name })
const content = (files: string[], folders: string[] = []): FolderContent => ({
  title: undefined,
  files: files.map((name) => file(name)),
  folders: folders.map(folder),
})

const ROOT = folder('root').url
const OPEN = new Map([
  [ROOT, content(['a.mkv', 'b.txt'], ['inner', 'closed'])],
  [folder('inner').url, content(['c.mkv', 'a.mkv'], ['root'])],
])

describe('a tree of folders', () => {
  it('has every file once, also where folders hold each other', () => {
    expect(filesIn(ROOT, OPEN).map(({ name }) => name)).toEqual(['a.mkv', 'b.txt', 'c.mkv'])
    expect(filesIn(folder('closed').url, OPEN)).toEqual([])
  })

  it('shows folders with what is in them, then the files that the filter lets through', () => {
    const rows = treeRows(ROOT, OPEN, (name) => name.endsWith('.mkv'))
    expect(rows.map(({ kind, name, depth }) => [kind, name, depth])).toEqual([
      ['folder', 'inner', 0],
      ['file', 'c.mkv', 1],
      ['file', 'a.mkv', 1],
      ['folder', 'closed', 0],
    ])
    expect(rows.map((row) => row.kind === 'folder' && row.isOpen)).toEqual([true, false, false, false])
  })

  it('names what its host does not by the end of the link', () => {
    const link = { url: 'https://a.test/d/xyz/', kind: 'file', filename: null, filesize: '12' } as const
    expect(contentOf({ platform: 'A', links: [link] }).files).toEqual([
      { url: link.url, name: 'xyz', size: 12 },
    ])
  })

  it('ticks and unticks several together', () => {
    const all = withTicks(new Set(['x']), filesIn(ROOT, OPEN), true)
    expect(all.size).toBe(4)
    expect([...withTicks(all, filesIn(ROOT, OPEN), false)]).toEqual(['x'])
  })
})
