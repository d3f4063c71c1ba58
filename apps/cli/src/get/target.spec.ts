import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { targetPath } from './target.js'

describe('where a download is written', () => {
  it.each([
    ['film.mkv', 'film.mkv'],
    ['../../etc/passwd', '_.._etc_passwd'],
    ['C:\\x|y?.txt', 'C__x_y_.txt'],
    ['..', 'download'],
  ])('is in the directory that was chosen, for a link named %j', (filename, written) => {
    expect(targetPath({ directory: '/d' }, filename)).toBe(join('/d', written))
  })

  it('is the name that was asked for, whatever the link is called', () => {
    expect(targetPath({ directory: '/d', name: 'a:b' }, 'film.mkv')).toBe(join('/d', 'a:b'))
  })
})
