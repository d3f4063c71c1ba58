import type { HostErrorKind } from '../../kit/errors.js'
import { sessionsBy } from '../../conformance/platform-conformance.js'
import type { PlatformConformance, RefusalCase } from '../../conformance/platform-conformance.js'
import * as given from '../../conformance/refusal-cases.js'
import { ANSWERS, api, hasNewKey } from './api.js'
import { fake, refused } from './fake.js'
import type { MediaFireKnobs } from './fake.js'
import { REFUSALS } from './refusals.js'
import { jsonOf } from '../../kit/json/json-text.js'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const KEY = 'abcdefghij1'
const OLD_KEY = 'abcdefghij12345'
const FOLDER = 'abcdefghij123'
const LOGIN = 'user/get_session_token'

type Case = RefusalCase<MediaFireKnobs>

/** A call is refused by these codes. */
function codes(
  action: string,
  numbers: readonly number[],
  expected: Case['expected'],
  retryAfterMs?: number,
): Case[] {
  const during =
    action === 'file/get_info'
      ? 'check'
      : action === 'user/get_info'
        ? 'checkAccount'
        : action === 'folder/get_content'
          ? 'expand'
          : 'resolve'
  return numbers.map((code) => ({
    name: `${action} ${code}`,
    during,
    arrange: ({ knobs }) => {
      knobs.answers[action] = refused(action, code)
    },
    expected,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  }))
}

/** The entry of file/get_links. */
function entry(linkEntry: object, expected: HostErrorKind): Case {
  return given.knobs('resolve', { linkEntry }, expected)
}

/** The direct link ends on an error page. */
function errorPage(errno: number, expected: HostErrorKind): Case {
  const location = `/error.php?errno=${errno}&origin=download`
  return given.linkAnswer({ status: 302, body: '', headers: { location } }, expected)
}

function link(status: number, expected: HostErrorKind): Case {
  return given.linkAnswer({ status, body: '' }, expected)
}

const read =
  (name: keyof typeof ANSWERS) =>
  (text: string, status = 200): unknown =>
    api.read<unknown>(name, { status, headers: {}, text }, ANSWERS[name], 0)

export const conformance: PlatformConformance<MediaFireKnobs> = {
  fake,
  links: [
    {
      kind: 'file',
      spellings: [
        `https://www.mediafire.com/file/${KEY}`,
        `http://mediafire.com/file/${KEY}/a.bin`,
        `https://www.mediafire.com/file/${KEY}/a%20b.bin/file`,
        `https://app.mediafire.com/file/${KEY.toUpperCase()}/`,
        `https://www.mediafire.com/file_premium/${KEY}/a.bin/file`,
        `https://www.mediafire.com/download/${KEY}/a.bin`,
        `https://www.mediafire.com/listen/${KEY}`,
        `https://www.mediafire.com/watch/${KEY}`,
        `https://www.mediafire.com/view/${KEY}/%ff`,
        `https://www.mediafire.com/?${KEY}`,
        `https://www.mediafire.com/?quickkey=${KEY}`,
        `https://www.mediafire.com/i/?${KEY}`,
        `https://www.mediafire.com/download.php?${KEY}`,
        `https://mfi.re/${KEY}`,
        `https://mfi.re/?${KEY}`,
        `https://www.mediafire.com/view/?${KEY}`,
        `https://download1234.mediafire.com/tok3n/${KEY}/a.bin`,
        `https://download7.mediafirecdn.com/tok3n/${KEY}/a.bin`,
      ],
    },
    { kind: 'file', spellings: [`https://www.mediafire.com/file/${OLD_KEY}/x`] },
    {
      kind: 'folder',
      spellings: [
        `https://www.mediafire.com/folder/${FOLDER}`,
        `https://www.mediafire.com/folder/${FOLDER}/My-files`,
        `https://www.mediafire.com/?sharekey=${FOLDER}`,
        `https://www.mediafire.com/?${FOLDER}`,
      ],
    },
    {
      kind: 'folder',
      spellings: [
        `https://www.mediafire.com/?${KEY},${FOLDER}`,
        `https://www.mediafire.com/?${KEY}%2C${FOLDER}`,
        `https://www.mediafire.com/folder/${KEY},${FOLDER},${KEY}`,
      ],
    },
  ],
  foreign: [
    'https://www.mediafire.com/',
    'https://www.mediafire.com/file/',
    'https://www.mediafire.com/file/short',
    `https://www.mediafire.com/file/${KEY}0`,
    `https://www.mediafire.com/folder/${KEY}`,
    `https://www.mediafire.com/upgrade/${KEY}`,
    `https://www.mediafire.com/x/?${KEY}`,
    `https://www.mediafire.com/?${KEY},x`,
    `https://download1.mediafire.com/tok3n/${KEY}`,
    `https://mediafire.com.example.com/file/${KEY}`,
    `https://notmediafire.com/file/${KEY}`,
    'https://www.mediafire.com/developers/core_api',
  ],
  table: REFUSALS,
  chargingCalls: /^(file\/get_links|dl)$/,
  tooManyRequests: 'RATE_LIMITED',
  sessions: sessionsBy(LOGIN),
  fuzz: {
    ...Object.fromEntries(
      (Object.keys(ANSWERS) as (keyof typeof ANSWERS)[]).map((name) => [name, read(name)]),
    ),
    'new key': (text) => hasNewKey(jsonOf(text)?.json),
  },
  refusals: [
    ...codes('folder/get_content', [104, 112], 'FILE_GONE'),
    ...codes('folder/get_content', [114], 'FILE_RESTRICTED'),
    ...codes(LOGIN, [104, 105, 127], 'CONFIG'),
    ...codes(LOGIN, [107, 108], 'ACCOUNT_INVALID'),
    ...codes(LOGIN, [102, 103, 109, 145, 146], 'CONFIG'),
    ...codes('user/get_info', [104, 105, 127], 'ACCOUNT_INVALID'),
    ...codes('file/get_links', [104], 'ACCOUNT_INVALID'),
    ...codes('file/get_info', [100, 101, 163], 'HOST_TEMP', MINUTE),
    ...codes('file/get_info', [261], 'RATE_LIMITED', MINUTE),
    ...codes('file/get_info', [110, 111, 209, 210], 'gone'),
    ...codes('file/get_info', [114], 'FILE_RESTRICTED'),
    ...codes('file/get_info', [128, 129], 'UNEXPECTED'),
    ...codes('file/get_info', [161, 165], 'FILE_BLOCKED'),
    ...codes('file/get_info', [104, 9999], 'UNEXPECTED'),
    ...codes('file/get_links', [110, 111, 209, 210], 'FILE_GONE'),
    ...codes('file/get_links', [130, 173], 'ACCOUNT_NOT_PREMIUM'),
    ...codes('file/get_links', [149, 155, 156, 157], 'ACCOUNT_QUOTA', HOUR),
    ...codes('file/get_links', [161, 165], 'FILE_BLOCKED'),
    ...codes('file/get_links', [162], 'UNEXPECTED'),
    ...codes('file/get_links', [208], 'HOST_TEMP', 30 * SECOND),
    entry({ direct_download_error: 'User lacks permissions' }, 'FILE_RESTRICTED'),
    entry({ error: 'User lacks permissions' }, 'FILE_RESTRICTED'),
    entry({ error: 110 }, 'FILE_GONE'),
    entry({ error: '149', direct_download_error: 'No bandwidth' }, 'ACCOUNT_QUOTA'),
    entry({ direct_download: '' }, 'UNEXPECTED'),
    given.knobs('check', { privacy: 'private' }, 'FILE_RESTRICTED'),
    given.knobs('resolve', { privacy: 'private' }, 'FILE_RESTRICTED'),
    given.knobs('check', { deleteDate: '2026-08-01 10:00:00' }, 'gone'),
    given.knobs('resolve', { deleteDate: '2026-08-01 10:00:00' }, 'FILE_GONE'),
    given.deletedFile('check'),
    given.account('checkAccount', { password: 'another' }, 'ACCOUNT_INVALID'),
    given.state(
      'checkAccount',
      'another API key',
      ({ knobs }) => {
        knobs.application.apiKey = 'another'
      },
      'CONFIG',
    ),
    given.state(
      'checkAccount',
      'another application',
      ({ knobs }) => {
        knobs.application.id = '1'
      },
      'CONFIG',
    ),
    given.account('resolve', { premium: false }, 'ACCOUNT_NOT_PREMIUM'),
    given.account('resolve', { bandwidth: 0 }, 'ACCOUNT_QUOTA'),
    errorPage(320, 'FILE_GONE'),
    ...[323, 326, 378, 380, 382, 386, 388].map((errno) => errorPage(errno, 'FILE_BLOCKED')),
    errorPage(394, 'FILE_RESTRICTED'),
    errorPage(999, 'FILE_RESTRICTED'),
    given.linkAnswer({ status: 200, body: '<html>MalwareAdvisory</html>' }, 'FILE_BLOCKED'),
    given.linkAnswer({ status: 200, body: '<html>Temporarily Unavailable</html>' }, 'HOST_TEMP', 10 * MINUTE),
    errorPage(1, 'UNEXPECTED'),
    ...[401, 403, 404, 410].map((status) => link(status, 'LINK_EXPIRED')),
    link(429, 'RATE_LIMITED'),
    link(500, 'HOST_TEMP'),
    link(503, 'HOST_DOWN'),
  ],
}
