import { describe, expect, it } from '@jest/globals'
import { resolveOrigin } from './origin.js'

const DEFAULT = 'https://rapidgator.net/api/v2'

describe('resolveOrigin', () => {
  it.each([
    [undefined, DEFAULT],
    ['http://127.0.0.1:9101', 'http://127.0.0.1:9101/api/v2'],
    ['http://127.0.0.1:9101/', 'http://127.0.0.1:9101/api/v2'],
    ['https://mirror.test/other/v3/', 'https://mirror.test/other/v3'],
  ])('with the override %s is %s', (override, expected) => {
    expect(resolveOrigin(DEFAULT, override)).toBe(expected)
  })

  it('takes http and https only', () => {
    expect(() => resolveOrigin(DEFAULT, 'ftp://x')).toThrow(TypeError)
    expect(() => resolveOrigin(DEFAULT, 'nonsense')).toThrow(TypeError)
  })
})
