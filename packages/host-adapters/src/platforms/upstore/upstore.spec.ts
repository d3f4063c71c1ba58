import { describe, expect, it } from '@jest/globals'
import type { AccountInfo } from '../../kit/adapter.js'
import { readAccountPage } from './account-page.js'

const NOW = Date.UTC(2026, 7, 22)
const END = Date.UTC(2027, 2, 25) - 1
const GIB = 2 ** 30

describe("Upstore's account page", () => {
  it.each<[string, AccountInfo | undefined]>([
    [
      'premium till 03/24/27 Downloaded in last 24 hours: 1.5 of 50 GB',
      { premium: true, validUntil: END, trafficLeft: 48.5 * GIB, trafficTotal: 50 * GIB },
    ],
    ['Premium till March 24, 2027', { premium: true, validUntil: END }],
    ['premium till Mar. 24 , 27', { premium: true, validUntil: END }],
    ['You have eternal premium', { premium: true, validUntil: Infinity }],
    [
      'eternal premium Downloaded in last 24 hours: 51.2 of 50 GB',
      { premium: true, validUntil: Infinity, trafficLeft: 0, trafficTotal: 50 * GIB },
    ],
    ['premium till 03/24/20', { premium: false }],
    ['Get premium', { premium: false }],
    ['Statistics', undefined],
  ])('is read: %s', (text, expected) => {
    expect(readAccountPage(text, NOW)).toEqual(expected)
  })
})
