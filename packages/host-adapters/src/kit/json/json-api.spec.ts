import fc from 'fast-check'
import { describe, expect, it } from '@jest/globals'
import { z } from 'zod'
import { HostError } from '../errors.js'
import { field } from '../fields/schema.js'
import { JsonApi } from './json-api.js'

const envelope = z.object({
  ok: z.literal(false),
  code: field.number,
  message: field.text,
  wait: field.number,
})
const api = new JsonApi({
  platform: 'Sample',
  refusals: [
    { code: [4], kind: 'FILE_GONE', message: 'file is gone' },
    { text: ['maintenance'], kind: 'HOST_DOWN', message: 'maintenance' },
    { status: [404], kind: 'FILE_GONE', message: 'file is not there' },
    { at: ['login'], status: [401], kind: 'ACCOUNT_INVALID', message: 'login is wrong' },
  ],
  parseRefusal(json) {
    const { data } = envelope.safeParse(json)
    return data && { code: data.code, text: data.message, retryAfterMs: data.wait }
  },
})
const schema = z.object({ file: z.object({ name: field.requiredText, size: field.bytes }) })
const read = (text: string, { status = 200, headers = {}, at = 'info', sent = [] as string[] } = {}) =>
  api.read(at, { status, headers, text }, schema, 0, sent)
const refusal = (...given: Parameters<typeof read>): HostError => {
  try {
    read(...given)
  } catch (error) {
    if (error instanceof HostError) return error
    throw error
  }
  throw new Error('it was not refused')
}

describe('answers of a JSON API', () => {
  it.each([
    '{"file":{"name":"a","size":"7"}}',
    '\uFEFF {"file":{"name":"a","size":7}}',
    '1{"file":{"name":"a","size":7}}',
  ])('are read before their status, behind stray characters too: %j', (text) => {
    expect(read(text, { status: 500 })).toEqual({ file: { name: 'a', size: 7 } })
  })

  it('are refusals by their code first, by HTTP where the table has no row', () => {
    expect(refusal('{"ok":false,"code":"4"}', { status: 500 }).kind).toBe('FILE_GONE')
    expect(refusal('{"ok":false}', { status: 404 }).kind).toBe('FILE_GONE')
    expect(refusal('{"ok":false}', { status: 401, at: 'login' }).kind).toBe('ACCOUNT_INVALID')
    expect(refusal('{"ok":false}', { status: 429, headers: { 'retry-after': '120' } })).toMatchObject({
      kind: 'RATE_LIMITED',
      retryAt: 120_000,
    })
    expect(refusal('{"ok":false}', { status: 503 }).kind).toBe('HOST_DOWN')
  })

  it('may say how long to wait, which goes before the table and after the header', () => {
    expect(refusal('{"ok":false,"wait":"90000"}', { status: 503 }).retryAt).toBe(90_000)
    const headers = { 'retry-after': '120' }
    expect(refusal('{"ok":false,"wait":90000}', { status: 503, headers }).retryAt).toBe(120_000)
  })

  it('may have parts that are refused by themselves', () => {
    const part = (json: unknown) => api.readPart('info', json, schema, 0)
    expect(part({ file: { name: 'a', size: '7' } })).toEqual({ file: { name: 'a', size: 7 } })
    expect(() => part({ ok: false, code: 4 })).toThrow(expect.objectContaining({ kind: 'FILE_GONE' }))
    expect(() => part({ file: 7 })).toThrow(expect.objectContaining({ kind: 'UNEXPECTED' }))
  })

  it('that are pages mean that the host is down, never that a file is gone', () => {
    expect(refusal('<html>Under Maintenance</html>', { status: 404 }).kind).toBe('HOST_DOWN')
    expect(refusal('<html></html>').kind).toBe('HOST_DOWN')
    expect(refusal('<!doctype html>', { status: 403 }).kind).toBe('HOST_DOWN')
    expect(refusal('<html></html>', { status: 404 }).kind).toBe('UNEXPECTED')
    expect(refusal('nonsense').kind).toBe('UNEXPECTED')
  })

  it('that are unsound are told by their fields, without values', () => {
    expect(refusal('{"file":{"name":{"secret":1}}}').message).toBe(
      'Sample: answer of info is unsound in file.name',
    )
    expect(refusal('[]').message).toBe('Sample: answer of info is unsound in the whole')
  })

  it('that refuse in new words are quoted, without what was sent', () => {
    const text = '{"ok":false,"code":99,"message":"Key my-key is tired"}'
    expect(refusal(text, { sent: ['my-key'] }).message).toBe(
      'Sample: info was refused: 200 99 Key … is tired (HTTP 200)',
    )
  })

  it('are never anything else than a value or a HostError', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.json().map((json) => `\uFEFFx${json}`),
    )
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 599 }), texts, (status, text) => {
        try {
          read(text, { status })
        } catch (error) {
          expect(error).toBeInstanceOf(HostError)
        }
      }),
    )
  })
})
