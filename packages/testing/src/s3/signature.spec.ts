import { describe, expect, it } from '@jest/globals'
import { buffer } from 'node:stream/consumers'
import { decodeAwsChunked } from './aws-chunked.js'
import { authorize, type SignedRequest } from './signature.js'

/** The worked examples of AWS's own documentation of Signature Version 4 for S3. */
const credentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
}
const now = Date.parse('2013-05-24T00:00:00Z')
const scope = 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request'
const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

const ranged = (changes: Partial<SignedRequest['headers']> = {}): SignedRequest => ({
  method: 'GET',
  path: '/test.txt',
  query: new URLSearchParams(),
  headers: {
    host: 'examplebucket.s3.amazonaws.com',
    range: 'bytes=0-9',
    'x-amz-content-sha256': empty,
    'x-amz-date': '20130524T000000Z',
    authorization:
      `AWS4-HMAC-SHA256 Credential=${scope},SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,` +
      'Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    ...changes,
  },
})

const presigned = (path = '/test.txt'): SignedRequest => ({
  method: 'GET',
  path,
  query: new URLSearchParams({
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': scope,
    'X-Amz-Date': '20130524T000000Z',
    'X-Amz-Expires': '86400',
    'X-Amz-SignedHeaders': 'host',
    'X-Amz-Signature': 'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
  }),
  headers: { host: 'examplebucket.s3.amazonaws.com' },
})

describe('signature', () => {
  it('accepts a signed header and a presigned query', () => {
    expect(authorize(ranged(), credentials, now).payload).toBe(empty)
    expect(authorize(presigned(), credentials, now + 86_400_000).payload).toBe('UNSIGNED-PAYLOAD')
  })

  it('sorts the query by name', () => {
    const request = ranged({
      authorization:
        `AWS4-HMAC-SHA256 Credential=${scope},SignedHeaders=host;x-amz-content-sha256;x-amz-date,` +
        'Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
    })
    const query = new URLSearchParams('prefix=J&max-keys=2')
    expect(authorize({ ...request, path: '/', query }, credentials, now).payload).toBe(empty)
  })

  it.each([
    ['another range', () => ranged({ range: 'bytes=0-8' }), 0, 'SignatureDoesNotMatch'],
    ['another path', () => presigned('/test2.txt'), 0, 'SignatureDoesNotMatch'],
    ['an unsigned x-amz header', () => ranged({ 'x-amz-acl': 'private' }), 0, 'AccessDenied'],
    ['a clock 16 minutes late', () => ranged(), 16 * 60_000, 'RequestTimeTooSkewed'],
    ['an expired query', () => presigned(), 86_401_000, 'AccessDenied'],
    ['no signature', () => ranged({ authorization: undefined }), 0, 'AccessDenied'],
    [
      'half a signature',
      () => ranged({ authorization: 'AWS4-HMAC-SHA256 x' }),
      0,
      'AuthorizationHeaderMalformed',
    ],
  ])('refuses %s', (_what, request, later, code) => {
    expect(() => authorize(request(), credentials, now + later)).toThrow(expect.objectContaining({ code }))
  })

  it('refuses another key', () => {
    const other = { ...credentials, accessKeyId: 'OTHER' }
    expect(() => authorize(ranged(), other, now)).toThrow(
      expect.objectContaining({ code: 'InvalidAccessKeyId' }),
    )
  })
})

describe('aws-chunked', () => {
  const request: SignedRequest = {
    method: 'PUT',
    path: '/examplebucket/chunkObject.txt',
    query: new URLSearchParams(),
    headers: {
      host: 's3.amazonaws.com',
      'x-amz-date': '20130524T000000Z',
      'x-amz-storage-class': 'REDUCED_REDUNDANCY',
      'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
      'content-encoding': 'aws-chunked',
      'x-amz-decoded-content-length': '66560',
      'content-length': '66824',
      authorization:
        `AWS4-HMAC-SHA256 Credential=${scope},SignedHeaders=content-encoding;content-length;host;` +
        'x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class,' +
        'Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
    },
  }
  const body = (content: string): string =>
    `10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n` +
    `${content.repeat(65_536)}\r\n` +
    `400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n` +
    `${content.repeat(1024)}\r\n` +
    `0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n`
  const decode = (wire: string, slice: number): Promise<Buffer> =>
    buffer(decodeAwsChunked(sliced(wire, slice), authorize(request, credentials, now), new Map()))

  it.each([1, 7, 1000, 100_000])('decodes signed chunks that arrive %d bytes at a time', async (slice) => {
    expect(String(await decode(body('a'), slice))).toBe('a'.repeat(66_560))
  })

  it('refuses a changed byte, a cut and a surplus', async () => {
    const code = (code: string): unknown => expect.objectContaining({ code })
    await expect(decode(body('b'), 5000)).rejects.toEqual(code('SignatureDoesNotMatch'))
    await expect(decode(body('a').slice(0, -3), 5000)).rejects.toEqual(code('IncompleteBody'))
    await expect(decode(`${body('a')}x`, 5000)).rejects.toEqual(code('IncompleteBody'))
    await expect(decode('zz\r\n', 5000)).rejects.toEqual(code('IncompleteBody'))
    await expect(decode('1'.repeat(5000), 5000)).rejects.toEqual(code('IncompleteBody'))
  })
})

async function* sliced(text: string, slice: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < text.length; at += slice) yield Buffer.from(text.slice(at, at + slice))
}
