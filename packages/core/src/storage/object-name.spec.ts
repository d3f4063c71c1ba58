import { describe, expect, it } from '@jest/globals'
import { fileOf, installationOf, isSameVersion, rootOf } from './index.js'

const FILE = '11111111-2222-4333-8444-555555555555'

describe('the name of an object', () => {
  it.each([
    [`${FILE}/1-abc`, '', '', FILE],
    [`obb-0123456789ab/${FILE}/1`, 'obb-0123456789ab/', 'obb-0123456789ab', FILE],
    [`a/b/obb-1/${FILE}/1`, 'a/b/obb-1/', 'obb-1', FILE],
    ['obb-1/.obb', '', '', undefined],
    ['p/obb-1/.obb', 'p/', 'p', undefined],
    [`obb-1/arriving/x.y/1-${FILE}`, 'obb-1/arriving/', 'arriving', undefined],
    ['single', '', '', undefined],
  ])('%s tells its root, its installation and its file', (key, root, installation, file) => {
    expect([rootOf(key), installationOf(key), fileOf(key)]).toEqual([root, installation, file])
  })

  it('is of the same version wherever it lies', () => {
    expect(isSameVersion(`${FILE}/1-abc`, `p/obb-1/${FILE}/1-abc`)).toBe(true)
    expect(isSameVersion(`obb-1/${FILE}/1-abc`, `obb-1/${FILE}/2-abc`)).toBe(false)
  })
})
