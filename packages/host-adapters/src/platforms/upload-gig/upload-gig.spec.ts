import { describe, expect, it } from '@jest/globals'
import type { AccountInfo } from '../../kit/adapter.js'
import { readAccountPage } from './account-page.js'

const GIB = 2 ** 30
const END = Date.UTC(2027, 2, 25) - 1

describe("UploadGig's account page", () => {
  it.each<[string, AccountInfo | undefined]>([
    [
      'Premium download: Active Package expire date: 2027/03/24 Daily traffic usage: 512 MB / 50 GB',
      { premium: true, validUntil: END, trafficLeft: 49.5 * GIB, trafficTotal: 50 * GIB },
    ],
    [
      'Premium download: Active Daily traffic usage: 1.5 / 50 GB',
      { premium: true, trafficLeft: 48.5 * GIB, trafficTotal: 50 * GIB },
    ],
    [
      'Premium download: Active Daily traffic usage: 51 GB / 50 GB',
      { premium: true, trafficLeft: 0, trafficTotal: 50 * GIB },
    ],
    ['Premium download: Inactive Package expire date: 2020/03/24', { premium: false }],
    ['My account', undefined],
  ])('is read: %s', (text, expected) => {
    expect(readAccountPage(text)).toEqual(expected)
  })
})
