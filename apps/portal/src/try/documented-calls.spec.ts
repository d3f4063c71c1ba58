import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import {
  type ApiDocument,
  type DocumentedCall,
  curlCommand,
  documentedCalls,
  prepareRequest,
} from './documented-calls.js'

const document = JSON.parse(
  readFileSync(new URL('../../../../docs/openapi.json', import.meta.url), 'utf8'),
) as ApiDocument
const calls = documentedCalls(document)
const callOf = (method: string, path: string): DocumentedCall => {
  const found = calls.find((call) => call.method === method && call.path === `/api/external/v1${path}`)
  if (!found) throw new Error(`${method} ${path} is not documented`)
  return found
}

describe('a call of the documentation', () => {
  it('comes with the example of its body', () => {
    expect(JSON.parse(callOf('POST', '/unrestrict').example ?? '')).toHaveProperty('url')
    expect(callOf('GET', '/account').example).toBeUndefined()
  })

  it('is left out where it never ends, or takes a file', () => {
    const paths = calls.map(({ path }) => path)
    expect(paths).not.toContain('/api/external/v1/events')
    expect(paths).not.toContain('/api/external/v1/nzb')
    expect(paths.length).toBeGreaterThan(20)
  })
})

describe('a request', () => {
  it('has its values where they belong, whatever is in them', () => {
    const link = prepareRequest(callOf('GET', '/link/{linkId}'), { linkId: 'a/../b?$&' }, '')
    expect(link.url).toBe('/api/external/v1/link/a%2F..%2Fb%3F%24%26')
    const links = prepareRequest(callOf('GET', '/links'), { search: 'a&b', state: '' }, '')
    expect(links.url).toBe('/api/external/v1/links?search=a%26b')
  })

  it('is refused where its body is no JSON', () => {
    expect(() => prepareRequest(callOf('POST', '/check'), {}, '{"urls":')).toThrow(SyntaxError)
  })

  it('is the same for a terminal, which takes nothing of it for a command', () => {
    const url = "https://a.test/it's $(touch /tmp/no) `x`"
    const request = prepareRequest(callOf('POST', '/unrestrict'), {}, JSON.stringify({ url }))
    const command = curlCommand('https://obb.test', request)
    const words = execFileSync('sh', ['-c', `curl() { printf '%s\\n' "$@"; }; ${command}`], {
      ...{ encoding: 'utf8', env: { OBB_KEY: 'obb_k' } },
    }).split('\n')
    expect(words).toContain('https://obb.test/api/external/v1/unrestrict')
    expect(words).toContain('Authorization: Bearer obb_k')
    expect(JSON.parse(words.at(-2) ?? '')).toEqual({ url })
  })
})
