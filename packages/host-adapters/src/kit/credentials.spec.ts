import { describe, expect, it } from '@jest/globals'
import { credentialsOf } from './credentials.js'
import type { CredentialField } from './manifest.js'

const FIELDS = [
  { name: 'host', label: 'Host', secret: false, required: true },
  { name: 'password', label: 'Password', secret: true, required: true },
  { name: 'port', label: 'Port', secret: false, required: false },
] as const satisfies readonly CredentialField[]

describe('credentials', () => {
  it("are those of the platform's fields, and no others", () => {
    const account = { id: 'a', credentials: { host: 'h', password: 'p', other: 'x' } }
    const credentials = credentialsOf({ account }, 'Sample', FIELDS)
    const port: string | undefined = credentials.port
    expect([credentials.host, credentials.password, port]).toEqual(['h', 'p', undefined])
    expect(credentials).not.toHaveProperty('other')
  })

  it('that are missing are named, without those that are there', () => {
    const account = { id: 'a', credentials: { host: 'hidden', password: '' } }
    expect(() => credentialsOf({ account }, 'Sample', FIELDS)).toThrow('Sample: account has no password')
    expect(() => credentialsOf({}, 'Sample', FIELDS)).toThrow('Sample: account has no host, password')
  })
})
