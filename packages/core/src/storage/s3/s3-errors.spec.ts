import { describe, expect, it } from '@jest/globals'
import { NetworkFault } from '@obb/http-engine'
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

  it.each([
    [
      'PutObject',
      { name: 'InvalidAccessKeyId', $metadata: { httpStatusCode: 403 } },
      /check S3_ACCESS_KEY_ID/,
    ],
    ['HeadBucket', { name: '403', $metadata: { httpStatusCode: 403 } }, /check S3_ACCESS_KEY_ID .*S3_BUCKET/],
    ['PutObject', { name: 'NoSuchBucket', $metadata: { httpStatusCode: 404 } }, /check S3_BUCKET/],
    ['HeadBucket', { name: 'Error', code: 'CERT_HAS_EXPIRED' }, /its TLS certificate has expired/],
    ['HeadBucket', { name: 'Error', code: 'ENOTFOUND' }, /check S3_ENDPOINT and the DNS/],
    ['GetObject', new NetworkFault('DEPTH_ZERO_SELF_SIGNED_CERT'), /not trusted here.*NODE_EXTRA_CA_CERTS/],
  ])('of %s by %o says what to check', (operation, error, words) => {
    expect(s3Error(operation, error).message).toMatch(words)
  })

  it('of one request for its own fault blames neither keys nor bucket', () => {
    const error = { name: 'BadDigest', $metadata: { httpStatusCode: 400 } }
    expect(s3Error('PutObject', error).message).toBe('S3 PutObject: 400 BadDigest')
  })
})
