import fc from 'fast-check'
import { describe, expect, it } from '@jest/globals'
import { quotable, sentBy } from './redaction.js'

describe('what a host said', () => {
  it('is quoted without what was sent to it, in whatever part of the request', () => {
    const basic = `Basic ${Buffer.from(':basic-key').toString('base64')}`
    const sent = sentBy({
      url: 'https://a.test/',
      form: [['pass', 'form-secret']],
      query: { key: 'query-secret' },
      json: { deep: [{ er: 'json-secret' }] },
      headers: { authorization: basic, cookie: 'sid=cookie-secret', 'x-key': 'Bearer bearer-key' },
    })
    const said = 'No form-secret query-secret json-secret basic-key bearer-key sid=cookie-secret here'
    expect(quotable(said, sent)).toBe('No … … … … … … here')
  })

  it('is quoted without what looks like a secret', () => {
    const said = `see https://a.test/x?key=abc for me@a.test and ${'k3y'.repeat(10)}`
    expect(quotable(said, [])).toBe('see https://a.test/x… for … and …')
  })

  it('is one short line, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3000 }), fc.array(fc.string()), (said, sent) => {
        const quote = quotable(said, sent)
        expect(quote.length).toBeLessThanOrEqual(160)
        // eslint-disable-next-line no-control-regex
        expect(quote).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
      }),
    )
    const begun = performance.now()
    quotable('a@'.repeat(50_000) + '?'.repeat(50_000), [])
    expect(performance.now() - begun).toBeLessThan(1000)
  })
})
