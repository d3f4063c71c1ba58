import { describe, expect, it } from '@jest/globals'
import { HostError } from './errors.js'
import { totpCode } from './totp.js'

/** `12345678901234567890`, the secret of RFC 6238. */
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'

describe('the code of a second factor', () => {
  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('at second %i is that of RFC 6238, appendix B', (second, code) => {
    expect(totpCode(SECRET, second * 1000)).toBe(code)
  })

  it.each([
    'gezd gnbv gy3t qojq gezd gnbv gy3t qojq',
    'GEZD-GNBV-GY3T-QOJQ-GEZD-GNBV-GY3T-QOJQ====',
    `otpauth://totp/Host:a%40b.test?issuer=Host&secret=${SECRET}&digits=6`,
  ])('is that of a secret however a site shows it: %s', (secret) => {
    expect(totpCode(secret, 59_000)).toBe('287082')
  })

  it.each(['', 'short', 'GEZDGNBVGY3TQOJ1', 'otpauth://totp/x', 'otpauth:', 'A'.repeat(1000)])(
    'is not made of what is no secret: %j',
    (secret) => {
      const made = (): string => totpCode(secret, 0)
      expect(made).toThrow(HostError)
      expect(made).toThrow('no base32 text')
    },
  )
})
