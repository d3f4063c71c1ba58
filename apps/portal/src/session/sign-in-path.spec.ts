import { describe, expect, it } from '@jest/globals'
import { nextPath, signInPath } from './sign-in-path.js'

describe('where the form to sign in leads', () => {
  it.each(['/', '/files', '/downloads?state=error&search=a%20b', '/admin/users?user=a@b.test#x'])(
    'is the page that was wanted: %s',
    (wanted) => {
      const { search } = new URL(signInPath(wanted), 'http://obb.test')
      expect(nextPath(search)).toBe(wanted)
    },
  )

  it.each([
    '//evil.test',
    '/\\evil.test',
    'https://evil.test',
    'javascript:alert(1)',
    '/\t/evil.test',
    '',
    'files',
  ])('is never another server: %j', (given) => {
    const next = nextPath(`?${new URLSearchParams({ next: given }).toString()}`)
    expect(new URL(next, 'http://obb.test').origin).toBe('http://obb.test')
    expect(next).toBe('/')
  })

  it('is the start page where nothing is wanted', () => {
    expect(nextPath('')).toBe('/')
  })
})
