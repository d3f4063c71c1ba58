import { describe, expect, it } from '@jest/globals'
import { callSignature, loginSignature, nextSecretKey, signedFields } from './signature.js'

const keys = { sessionToken: 'simtok', secretKey: 1234567890, time: '1700000000.1234' }
const uri =
  '/api/1.5/file/get_links.php?link_type=direct_download&quick_key=abcdefghijk&response_format=json&session_token=simtok'

describe('MediaFire signatures', () => {
  it('of a login are the vector', () => {
    const parts = {
      email: 'op@example.test',
      password: 's3cret',
      applicationId: '42511',
      apiKey: 'apikey0',
    }
    expect(loginSignature(parts)).toBe('f41ef4f35a1ced8d1e48385c59cd4da1c591d74c')
  })

  it('of a call are the vector, and go by the key modulo 256', () => {
    expect(callSignature(uri, keys)).toBe('07b99b511f8fec0b336a34ed5d5e82fa')
    expect(callSignature(uri, { ...keys, secretKey: 210 })).toBe('07b99b511f8fec0b336a34ed5d5e82fa')
  })

  it('stand behind the fields that they cover, in whatever order these are given', () => {
    const given = { quick_key: 'abcdefghijk', link_type: 'direct_download' }
    const fields = signedFields('/api/1.5/file/get_links.php', given, keys)
    expect(new URLSearchParams(fields).toString()).toBe(
      `${uri.split('?')[1]}&signature=07b99b511f8fec0b336a34ed5d5e82fa`,
    )
  })

  it('go on with the next key of the vector', () => {
    expect(nextSecretKey(1234567890)).toBe(395529916)
  })

  it('have keys that stay exact for any number of steps', () => {
    let key = 1
    let exact = 1n
    for (let step = 0; step < 10_000; step++) {
      key = nextSecretKey(key)
      exact = (exact * 16_807n) % 2_147_483_647n
    }
    expect(BigInt(key)).toBe(exact)
    expect(key).toBe(1_043_618_065)
  })
})
