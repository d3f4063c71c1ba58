import { describe, expect, it } from '@jest/globals'
import type { SourceFile } from '@obb/core/files'
import type { AvailableFile, Source } from '@obb/host-adapters'
import { hasChanged } from './changed-file.js'

const stored = {
  ...{ size: 5, validator: '"1"', hostHash: 'aa', hostHashAlgorithm: 'md5' },
} as SourceFile
const SAME: Partial<AvailableFile> = { size: 5, validator: '"1"', hash: { algorithm: 'md5', value: 'aa' } }

async function changed(
  told: Partial<AvailableFile>,
  opened: Partial<Source> = {},
  file: SourceFile = stored,
): Promise<boolean | 'by its check'> {
  let isOpened = false
  const isNew = await hasChanged(file, { fileId: 'f', state: 'available', ...told }, async () => {
    isOpened = true
    return { kind: 'url', url: 'http://a.test/f', size: 5, validator: '"1"', ...opened } as Source
  })
  return isOpened ? isNew : 'by its check'
}

describe('a stored file', () => {
  it.each<[string, Partial<AvailableFile>]>([
    ['all is the same', SAME],
    ['nothing is told', {}],
    ['a hash of another kind is told', { ...SAME, hash: { algorithm: 'sha1', value: 'bb' } }],
  ])('is the same, and not opened, where %s', async (_what, told) => {
    expect(await changed(told)).toBe('by its check')
  })

  it.each<[string, Partial<AvailableFile>, Partial<Source>]>([
    ['a size that its direct link does not', { size: 9 }, {}],
    ['another version each time', { validator: '"2"' }, { validator: '"3"' }],
    ['another version than its direct link', { validator: '"2"' }, {}],
    ['another version, and its direct link none', { validator: '"2"' }, { validator: undefined } as object],
  ])('is the same where its host tells %s', async (_what, told, opened) => {
    expect(await changed(told, opened)).toBe(false)
  })

  it.each<[string, Partial<AvailableFile>, Partial<Source>]>([
    ['size', { size: 9 }, { size: 9 }],
    ['hash', { ...SAME, hash: { algorithm: 'md5', value: 'bb' } }, {}],
    ['version', { ...SAME, validator: '"2"' }, { validator: '"2"' }],
    ['weak version', { validator: '"2"' }, { validator: undefined, weakValidator: 'W/"2"' } as object],
  ])('is another one with another %s', async (_what, told, opened) => {
    expect(await changed(told, opened)).toBe(true)
  })

  it('of which no version is known is told by its size alone', async () => {
    const unversioned = { ...stored, validator: null, hostHash: null, hostHashAlgorithm: null }
    expect(await changed({ validator: '"2"' }, { validator: '"2"' }, unversioned)).toBe('by its check')
    expect(await changed({ size: 9, validator: '"2"' }, { size: 9 }, unversioned)).toBe(true)
  })
})
