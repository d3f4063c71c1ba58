import { describe, expect, it } from '@jest/globals'
import { placeOf, scrubbed } from './scrub.js'

describe('a text for a stranger', () => {
  it.each([
    [
      'cannot reach https://u:p%40ss@s3.example.org:9000/bucket/key?sig=abc now',
      'cannot reach https://‹user›@‹host›:9000/… now',
    ],
    [
      'mail to ana@example.org from 203.0.113.9 and 2001:db8::1:2:3',
      'mail to ‹mail› from ‹address› and ‹address›',
    ],
    ['getaddrinfo ENOTFOUND db.internal.example.org', 'getaddrinfo ENOTFOUND ‹host›'],
    [`key obb_${'k'.repeat(32)} was refused`, 'key ‹hidden› was refused'],
    ['the user bobby99 is unknown', 'the user ‹hidden› is unknown'],
  ])('is without names and secrets: %s', (text, expected) => {
    expect(scrubbed(text, ['bobby99', 'x'])).toBe(expected)
  })

  it('keeps what helps: this machine, containers, ids of ours, files and words', () => {
    const text =
      'connect ECONNREFUSED 127.0.0.1:5432; look into logs/api.log of 0d9c2f1e-7a52-4e0e-9d2f-3f3a2b1c0d9e'
    expect(scrubbed(text)).toBe(text)
    expect(placeOf('redis://:secret@redis:6379')).toBe('redis://‹user›@redis:6379')
    expect(placeOf('https://obb.example.org/')).toBe('https://‹host›')
  })
})
