import type { PlatformConformance } from '../../conformance/platform-conformance.js'
import * as given from '../../conformance/refusal-cases.js'
import * as rapidgator from '../../dialects/rapidgator/conformance.js'
import type { RapidGatorKnobs } from '../../dialects/rapidgator/fake.js'
import { site } from './index.js'

const ID = '0123456789abcdef0123456789abcdef'
const MAINTENANCE_PAGE = '<html><body><h1>Maintenance in data center</h1></body></html>'
const MINUTE = 60_000
const HOUR = 60 * MINUTE

const { api, link } = rapidgator
const dialect = rapidgator.conformance(site)

const QUOTA_PAGE = '<html>You have reached daily quota of downloaded information for premium accounts</html>'

export const conformance: PlatformConformance<RapidGatorKnobs> = {
  ...dialect,
  links: [
    {
      kind: 'file',
      spellings: [
        `https://rapidgator.net/file/${ID}`,
        `http://www.rapidgator.net/file/${ID}/a.bin.html`,
        `https://rapidgator.asia/file/${ID}/`,
        `https://rg.to/file/${ID.toUpperCase()}`,
        `HTTPS://WWW.RG.TO/file/${ID}/a%20b.bin.html?x=1#y`,
        `https://rapidgator.net./file/${ID}`,
        `https://user:pass@rapidgator.net:443/file/${ID}/%ff.html`,
      ],
    },
    {
      kind: 'file',
      spellings: ['https://rapidgator.net/file/1234567', 'http://rg.to/file/1234567/old.zip.html'],
    },
    {
      kind: 'folder',
      spellings: ['https://rapidgator.net/folder/4321', 'https://rg.to/folder/4321/My-files.html'],
    },
  ],
  foreign: [
    'https://rapidgator.net/',
    'https://rapidgator.net/file/',
    'https://rapidgator.net/file/xyz',
    `https://rapidgator.net/file/${ID}0`,
    `https://rapidgator.net/profile/${ID}`,
    `https://rapidgator.net/x/file/${ID}`,
    `https://rapidgator.net.example.com/file/${ID}`,
    `https://notrapidgator.net/file/${ID}`,
    `https://example.com/https://rapidgator.net/file/${ID}`,
    'https://rapidgator.net/folder/abc',
    'https://pr1.rapidgator.net/?r=download/index&session_id=abc',
  ],
  maintenance: MAINTENANCE_PAGE,
  refusals: [
    ...dialect.refusals,
    given.account('checkAccount', { frozen: true }, 'ACCOUNT_NEEDS_HUMAN'),
    given.account('checkAccount', { secondFactor: 'GEZDGNBVGY3TQOJQ' }, 'ACCOUNT_NEEDS_HUMAN'),
    given.account('resolve', { trafficLeft: 0 }, 'ACCOUNT_QUOTA', 4 * HOUR),
    given.account('download', { trafficLeft: 0 }, 'ACCOUNT_QUOTA'),
    given.knobs('download', { ipDenied: true }, 'EGRESS_BLOCKED', 2 * HOUR),
    given.knobs('download', { rangeRefusals: 1 }, 'retry-without-range'),
    api('user/login', 403, 'Error: Please wait 5 minutes', 'ACCOUNT_RATE', 5 * MINUTE),
    api('user/login', 401, 'Error: Two-factor code is required', 'ACCOUNT_NEEDS_HUMAN'),
    api('user/info', 401, 'Error: ACCOUNT LOCKED FOR VIOLATION of terms', 'ACCOUNT_NEEDS_HUMAN'),
    api('user/info', 401, 'Login from an unusual IP, confirm it by mail', 'ACCOUNT_NEEDS_HUMAN'),
    api('file/info', 500, 'Error', 'HOST_TEMP', 30 * MINUTE),
    api('file/info', 501, 'Error', 'HOST_TEMP'),
    api('file/info', 503, 'Error', 'HOST_TEMP', 30 * MINUTE),
    api('file/download', 423, 'Error: Exceeded traffic', 'ACCOUNT_QUOTA', 4 * HOUR),
    api('file/download', 423, 'Error', 'ACCOUNT_QUOTA', 4 * HOUR),
    api('file/download', 403, 'This file can be downloaded only by subscribers', 'FILE_RESTRICTED'),
    api('file/download', 403, 'Buy for 9.99 USD', 'FILE_RESTRICTED'),
    api('file/download', 403, 'A solo subscription is required', 'FILE_RESTRICTED'),
    api('file/download', 503, 'Download temporarily unavailable', 'HOST_TEMP', 30 * MINUTE),
    api('file/download', 403, 'Denied by IP', 'EGRESS_BLOCKED', 2 * HOUR),
    ...[200, 403].map((status) => link(status, QUOTA_PAGE, 'ACCOUNT_QUOTA', 4 * HOUR)),
    link(200, '<html><a href="/wallet/BuyFile/id/1">Buy</a></html>', 'FILE_RESTRICTED'),
    link(200, '<html>An unexpected error occurred.</html>', 'HOST_TEMP', 30 * MINUTE),
    api('user/login', 403, 'Error: Error e-mail or password', 'ACCOUNT_INVALID'),
    api('user/login', 400, 'Password cannot be blank', 'ACCOUNT_INVALID'),
    link(500, { error: 'Unexpected range request', success: false }, 'retry-without-range'),
    link(500, '', 'retry-without-range', undefined, { 'x-error': 'Unexpected range request' }),
    link(500, '', 'retry-without-range', undefined, { 'x-error': 'Range' }),
    link(500, '', 'EGRESS_BLOCKED', 2 * HOUR, { 'x-error': 'Denied by IP' }),
    link(403, { error: 'Denied by IP', success: false }, 'EGRESS_BLOCKED', 2 * HOUR),
    link(500, '', 'HOST_TEMP', 30 * MINUTE),
    link(503, 'Download temporarily unavailable', 'HOST_TEMP', 30 * MINUTE),
    link(200, MAINTENANCE_PAGE, 'HOST_DOWN'),
  ],
}
