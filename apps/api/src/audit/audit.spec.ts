import { describe, expect, it } from '@jest/globals'
import { shownSecret } from './shown-secret.js'

describe('what was shown to be let in', () => {
  const KEY = `obb_${'k'.repeat(32)}`

  it('is told by the beginning of its hash, never by itself', () => {
    expect(shownSecret('key', KEY)).toMatch(/^key [0-9a-f]{8}$/)
    expect(shownSecret('token', 'x'.repeat(32))).toMatch(/^token [0-9a-f]{8}$/)
  })

  it('is nothing at all of what may be a password: a hash of that is soon guessed', () => {
    expect(shownSecret('key', 'correct horse')).toBe('no key by its form')
    expect(shownSecret('token', '')).toBe('no token')
    expect(shownSecret('key', undefined)).toBe('no key')
  })
})
