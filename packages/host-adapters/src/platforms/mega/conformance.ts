import type { z } from 'zod'
import type { HostErrorKind } from '../../kit/errors.js'
import { sessionsBy } from '../../conformance/platform-conformance.js'
import type { PlatformConformance, RefusalCase } from '../../conformance/platform-conformance.js'
import * as given from '../../conformance/refusal-cases.js'
import { parts } from '../../kit/mega/answers.js'
import { api, responses } from './api.js'
import { fake } from './fake.js'
import type { MegaKnobs } from './fake.js'
import { codeCases } from '../../conformance/mega-refusal-cases.js'
import { NodeTree } from '../../kit/mega/tree.js'
import { keysUnder } from './folder.js'
import { attributesOf } from '../../kit/mega/keys.js'
import { sessionOf } from './login.js'
import { challengeOf } from '../../kit/mega/proof-of-work.js'
import { REFUSALS } from './refusals.js'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

const FILE = 'AbCdEf1_'
const SUB = 'aB-dEf12'
const FILE_KEY = 'EBAQEBAQEBDWA2YI_Dcb1hAREhMUFRYX3gpsA_A6Fdk'
const FOLDER_KEY = 'AAECAwQFBgcICQoLDA0ODw'

/** The command is answered by this number. */
function number(
  command: string,
  code: number,
  expected: RefusalCase<MegaKnobs>['expected'],
  retryAfterMs?: number,
): RefusalCase<MegaKnobs> {
  const during = { g: 'check', url: 'resolve', f: 'expand' }[command] ?? 'checkAccount'
  return {
    name: `${command} ${code}`,
    during: during as RefusalCase<MegaKnobs>['during'],
    arrange: ({ knobs }) => {
      knobs.answers[command] = { status: 200, body: [code] }
    },
    expected,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  }
}

/** The whole call is. */
function whole(command: string, code: number, expected: HostErrorKind): RefusalCase<MegaKnobs> {
  const one = number(command, code, expected)
  return {
    ...one,
    name: `${command} ${code} as a whole`,
    arrange: ({ knobs }) => {
      knobs.answers[command] = { status: 200, body: code }
    },
  }
}

function storage(
  name: string,
  change: Partial<MegaKnobs>,
  expected: HostErrorKind,
  retryAfterMs?: number,
): RefusalCase<MegaKnobs> {
  return {
    name,
    during: 'download',
    arrange: ({ knobs }) => Object.assign(knobs, change),
    expected,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  }
}

/** The first part of an answer, as the command's reader takes it. */
function firstPart<T>(text: string, schema: z.ZodType<T>, status = 200): T {
  const [part] = api.read('file', { status, headers: {}, text }, parts, 0)
  return api.readPart('file', part, schema, 0)
}

export const conformance: PlatformConformance<MegaKnobs> = {
  fake,
  links: [
    {
      kind: 'file',
      spellings: [
        `https://mega.nz/file/${FILE}#${FILE_KEY}`,
        `https://mega.nz/file/${FILE}`,
        `http://www.mega.nz/file/${FILE}/#${FILE_KEY}`,
        `https://mega.io/file/${FILE}#${FILE_KEY}`,
        `https://mega.app/file/${FILE}#${FILE_KEY}`,
        `https://mega.nz/embed/${FILE}#${FILE_KEY}!1m30s`,
        `https://mega.nz/embed/${FILE}#${FILE_KEY}`,
        `https://mega.nz/#!${FILE}!${FILE_KEY}`,
        `https://mega.co.nz/#!${FILE}!${FILE_KEY}`,
        `https://MEGA.co.nz./#%21${FILE}%21${FILE_KEY}`,
        `https://mega.nz/embed#!${FILE}!${FILE_KEY}`,
        `https://mega.nz/#!${FILE}`,
      ],
    },
    {
      kind: 'file',
      spellings: [
        `https://mega.nz/folder/${FILE}#${FOLDER_KEY}/file/${SUB}`,
        `https://mega.nz/folder/${FILE}#/file/${SUB}`,
        `https://mega.nz/#F!${FILE}!${FOLDER_KEY}?${SUB}`,
      ],
    },
    {
      kind: 'folder',
      spellings: [
        `https://mega.nz/folder/${FILE}#${FOLDER_KEY}`,
        `https://mega.nz/folder/${FILE}#${FOLDER_KEY}/`,
        `https://mega.io/folder/${FILE}`,
        `https://mega.co.nz/#F!${FILE}!${FOLDER_KEY}`,
      ],
    },
    {
      kind: 'folder',
      spellings: [
        `https://mega.nz/folder/${FILE}#${FOLDER_KEY}/folder/${SUB}`,
        `https://mega.nz/#F!${FILE}!${FOLDER_KEY}!${SUB}`,
      ],
    },
  ],
  foreign: [
    'https://mega.nz/',
    'https://mega.nz/pro',
    'https://mega.nz/file/',
    `https://mega.nz/file/${FILE}x#${FILE_KEY}`,
    `https://mega.nz/file/${FILE}#${FOLDER_KEY}`,
    `https://mega.nz/folder/${FILE}#${FOLDER_KEY}/file/short`,
    `https://mega.nz/x/file/${FILE}#${FILE_KEY}`,
    `https://mega.nz/#!${FILE}!short`,
    `https://mega.nz/file/${FILE}#${FILE_KEY}/file/${SUB}`,
    `https://mega.nz/fm/${FILE}`,
    `https://mega.nz.example.com/file/${FILE}#${FILE_KEY}`,
    `https://notmega.nz/file/${FILE}#${FILE_KEY}`,
    `https://gfs270n101.userstorage.mega.co.nz/dl/${FILE}`,
  ],
  table: REFUSALS,
  chargingCalls: /^(url|dl)$/,
  tooManyRequests: 'RATE_LIMITED',
  sessions: sessionsBy('us'),
  fuzz: {
    ...Object.fromEntries(
      Object.entries(responses).map(([name, schema]) => [
        name,
        (text: string, status?: number): unknown => firstPart<unknown>(text, schema, status),
      ]),
    ),
    tree: (text) => NodeTree.of(firstPart(text, responses.f), keysUnder(Buffer.alloc(16))).files(SUB),
    challenge: challengeOf,
    attributes: (text) => attributesOf(Buffer.alloc(16), text),
    session: (text) => sessionOf(Buffer.alloc(16), text, text),
  },
  secretLink: (link) => ({ link, secrets: [new URL(link).hash.slice(1)] }),
  refusals: [
    ...codeCases<MegaKnobs>('g'),
    given.account('checkAccount', { password: 'another' }, 'ACCOUNT_INVALID'),
    given.account('checkAccount', { email: 'another@example.test' }, 'ACCOUNT_INVALID'),
    given.account('resolve', { blocked: true }, 'ACCOUNT_INVALID'),
    given.account('resolve', { secondFactor: 'GEZDGNBVGY3TQOJQ' }, 'ACCOUNT_NEEDS_HUMAN'),
    number('us', -5, 'ACCOUNT_NEEDS_HUMAN'),
    given.deletedFile('check'),
    given.deletedFile('resolve'),
    given.knobs('check', { challenge: '2:180:1700000000:c29tZXRoaW5nIGVsc2U' }, 'HOST_TEMP'),
    whole('uq', -16, 'ACCOUNT_INVALID'),
    whole('uq', -15, 'ACCOUNT_INVALID'),
    whole('url', -16, 'ACCOUNT_INVALID'),
    whole('g', -16, 'FILE_BLOCKED'),
    whole('g', -3, 'HOST_TEMP'),
    whole('f', -9, 'FILE_GONE'),
    number('us', -3, 'HOST_TEMP', 4 * SECOND),
    number('us', -28, 'ACCOUNT_INVALID'),
    number('uq', -29, 'ACCOUNT_INVALID'),
    number('url', -8, 'LINK_EXPIRED'),
    number('g', -14, 'BAD_URL'),
    number('url', -15, 'ACCOUNT_INVALID'),
    number('url', -16, 'FILE_BLOCKED'),
    number('url', -17, 'ACCOUNT_QUOTA', HOUR),
    number('url', -19, 'ACCOUNT_BUSY', MINUTE),
    number('url', -24, 'ACCOUNT_QUOTA', HOUR),
    number('f', -11, 'FILE_RESTRICTED'),
    storage('used quota', { quotaSeconds: 7200 }, 'ACCOUNT_QUOTA', 2 * HOUR),
    storage('used quota without a time', { quotaSeconds: 0 }, 'ACCOUNT_QUOTA', HOUR),
    storage('busy storage', { storageBusy: true }, 'ACCOUNT_BUSY', MINUTE),
    storage('expired link', { linkAnswer: { status: 403, body: '' } }, 'LINK_EXPIRED'),
    storage('unknown link', { linkAnswer: { status: 404, body: '' } }, 'LINK_EXPIRED'),
  ],
}
