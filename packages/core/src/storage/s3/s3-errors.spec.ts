import { describe, expect, it } from '@jest/globals'
import { documentError, s3Error } from './s3-errors.js'

describe('a refusal of an S3', () => {
  it('of a machine whose clock is wrong says what to do, from an answer of ours and from one of the SDK', () => {
    const xml = '<Error><Code>RequestTimeTooSkewed</Code></Error>'
    const ofTheSdk = { name: 'RequestTimeTooSkewed', $metadata: { httpStatusCode: 403 } }
    for (const error of [documentError('GetObject', 403, xml), s3Error('GetObject', ofTheSdk)]) {
      expect(error.kind).toBe('UNAVAILABLE')
      expect(error.message).toMatch(/S3 GetObject: 403 RequestTimeTooSkewed: .*clock.*NTP|NTP.*clock/)
    }
  })
})
