import { describe, expect, it } from '@jest/globals'
import { refusalInPlace } from './nzb-refusal.js'

const NOW = 1_000_000
const MINUTE = 60_000
const said = (text: string, { status = 200, headers = {}, path = '/api' } = {}) =>
  refusalInPlace({ status, headers, text, url: `https://indexer.test${path}`, now: NOW })

const error = (code: number, description: string) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<error code="${code}" description="${description}"/>`
const page = (body: string) =>
  `<!DOCTYPE html><html><head><title>Indexer</title></head><body>${body}</body></html>`
const LOGIN = page('<form><input name="username"><input type="password" name="p"></form>')

describe('what comes in place of an NZB', () => {
  it.each([
    [error(100, 'Incorrect user credentials'), 'FILE_RESTRICTED'],
    [error(101, 'Account suspended'), 'FILE_RESTRICTED'],
    [error(102, 'Insufficient privileges/not authorized'), 'FILE_RESTRICTED'],
    [error(200, 'Missing parameter (id)'), 'BAD_URL'],
    [error(203, 'Function not available'), 'BAD_URL'],
    [error(300, 'No such item'), 'FILE_GONE'],
    [error(500, 'Request limit reached'), 'HOST_TEMP'],
    [error(501, 'Download limit reached'), 'HOST_TEMP'],
    [error(910, 'API Disabled'), 'HOST_TEMP'],
    [`<error description='Download limit reached' code='501'></error>`, 'HOST_TEMP'],
    [error(429, 'You have exceeded your daily download limit'), 'HOST_TEMP'],
    [error(999, 'Invalid API Key'), 'FILE_RESTRICTED'],
    ['{"@attributes":{"code":"100","description":"Incorrect user credentials"}}', 'FILE_RESTRICTED'],
    ['{"error":{"code":"501","description":"Download limit reached"}}', 'HOST_TEMP'],
    ['{"error":"Unauthorized","message":"Invalid API key"}', 'FILE_RESTRICTED'],
    ['{"message":"Too many requests"}', 'HOST_TEMP'],
    ['[]', 'FILE_RESTRICTED'],
    ['', 'FILE_RESTRICTED'],
    ['Invalid API key!', 'FILE_RESTRICTED'],
    ['You have reached your daily limit of grabs', 'HOST_TEMP'],
    ['Daily API limit reached', 'HOST_TEMP'],
    [LOGIN, 'FILE_RESTRICTED'],
    [page('<h1>Welcome</h1>'), 'FILE_RESTRICTED'],
    [page('<h1>404 - File not found.</h1>'), 'FILE_GONE'],
    ['{"error":"No such release"}', 'FILE_GONE'],
    ['not found', 'FILE_GONE'],
    [page('<h1>We are performing maintenance</h1>'), 'HOST_DOWN'],
    [page('<h1>Sorry, you have been blocked</h1>'), 'HOST_TEMP'],
  ])('%j', (text, kind) => {
    expect(said(text)).toMatchObject({ kind })
  })

  it.each([
    [401, '{"error":"Unauthorized"}', 'FILE_RESTRICTED'],
    [403, error(100, 'Incorrect user credentials'), 'FILE_RESTRICTED'],
    [403, error(500, 'Request limit reached'), 'HOST_TEMP'],
    [403, page('<h1>Forbidden</h1>'), 'FILE_RESTRICTED'],
    [400, error(300, 'No such item'), 'FILE_GONE'],
    [404, page('<h1>404 - File not found.</h1>'), 'FILE_GONE'],
    [429, '', 'HOST_TEMP'],
    [503, page('<title>Just a moment...</title>Checking your browser'), 'HOST_DOWN'],
    [500, '{"message":"Internal Server Error"}', 'HOST_TEMP'],
    [418, '', 'UNEXPECTED'],
  ])('with status %d: %j', (status, text, kind) => {
    expect(said(text, { status })).toMatchObject({ kind })
  })

  it('is asked for again when its site says so, else after a time', () => {
    expect(said(error(501, 'Download limit reached'))?.retryAt).toBe(NOW + 15 * MINUTE)
    const named = said('', { status: 429, headers: { 'retry-after': '90' } })
    expect(named?.retryAt).toBe(NOW + 90_000)
  })

  it('is named in the message, which repeats nothing of it', () => {
    expect(said(LOGIN)?.message).toBe('Usenet: a page to sign in came in place of the NZB')
    expect(said(page('x'), { path: '/login?k=s3cret' })?.message).toBe(
      'Usenet: a page to sign in came in place of the NZB',
    )
    expect(said(error(100, 's3cret is no key'))?.message).not.toContain('s3cret')
  })

  it.each([
    '<?xml version="1.0"?><nzb></nzb>',
    '\ufeff <?xml version="1.0"?>\n<!-- by <b>indexer</b> -->\n<!DOCTYPE nzb PUBLIC "-//newzBin//DTD NZB 1.1//EN" "x.dtd">\n<nzb>',
    '<nzb xmlns="http://www.newzbin.com/DTD/2003/nzb"><file subject="error code=&quot;100&quot;"/></nzb>',
    '<?xml version="1.0"?><?xml-stylesheet href="x"?><n:nzb xmlns:n="x"/>',
    'BZh91AY&SY\u0000\u0001',
    'PK\u0003\u0004',
    '\u001f\ufffd\u0008\u0000',
  ])('is nothing of %j', (text) => {
    expect(said(text)).toBeUndefined()
  })
})
