import type { HostErrorKind } from '../../kit/errors.js'
import type { PlatformConformance, RefusalCase } from '../../conformance/platform-conformance.js'
import * as given from '../../conformance/refusal-cases.js'
import { AnswerReader } from './answer-reader.js'
import { decodeArticle } from './decode-article.js'
import { fake } from './fake.js'
import type { UsenetKnobs } from './fake.js'
import { parseNzb } from './nzb.js'
import { REFUSALS } from './refusals.js'
import { parseServers } from './servers.js'
import { readSubject } from './subject.js'

const MINUTE = 60_000

type Case = RefusalCase<UsenetKnobs>

function reply(command: string, line: string, expected: HostErrorKind, retryAfterMs?: number): Case {
  const during = command === 'greeting' || command === 'AUTHINFO PASS' ? 'checkAccount' : 'resolve'
  return {
    name: `${command} ${line}`,
    during,
    arrange: ({ knobs }) => (knobs.replies[command] = line),
    expected,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  }
}

function nzb(status: number, expected: Case['expected'], body = ''): Case[] {
  return (['check', 'resolve', 'expand'] as const).map((during) => ({
    name: `NZB ${status} ${body}`,
    during,
    arrange: ({ knobs }) => (knobs.nzbAnswer = { status, body }),
    expected: expected === 'FILE_GONE' && during === 'check' ? 'gone' : expected,
    ...(expected === 'HOST_TEMP' && { retryAfterMs: MINUTE }),
  }))
}

function knob(name: string, expected: HostErrorKind, change: (knobs: UsenetKnobs) => unknown): Case[] {
  return (['check', 'resolve'] as const).map((during) => ({
    name,
    during,
    arrange: ({ knobs }) => void change(knobs),
    expected: expected === 'FILE_GONE' && during === 'check' ? 'gone' : expected,
  }))
}

/** All parts from this one on. */
function lose({ missingParts }: UsenetKnobs, from: number): void {
  for (let part = from; part <= MOST_PARTS; part++) missingParts.add(part)
}

/** More than the files have that the suite asks for. */
const MOST_PARTS = 100
const EMPTY = '<nzb><file subject="&quot;a.bin&quot;"><segments></segments></file></nzb>'
const LONG_ID = 'ab'.repeat(32)
const OTHER_ID = 'cd'.repeat(32)

function nzbOf(segments: string): string {
  return `<nzb><file subject="a"><segments>${segments}</segments></file></nzb>`
}

/** In pieces, as a socket gives them. */
function readAnswers(text: string): void {
  const reader = new AnswerReader()
  const bytes = Buffer.from(text, 'latin1')
  const step = Math.ceil(bytes.length / 3)
  for (let at = 0; at < bytes.length; at += step) {
    reader.read(bytes.subarray(at, at + step), ({ block }) => {
      if (block.length > 0) decodeArticle(block)
    })
  }
}

export const conformance: PlatformConformance<UsenetKnobs> = {
  fake,
  links: [
    {
      kind: 'folder',
      spellings: [
        'https://indexer.example.com/get/A%20b.nzb',
        'HTTPS://INDEXER.example.com:443/get/A%20b.nzb#x',
      ],
    },
    { kind: 'folder', spellings: ['http://192.0.2.1:8080/a.NZB.gz'] },
    { kind: 'folder', spellings: ['https://indexer.example.com/a.nzb.bz2'] },
    { kind: 'folder', spellings: ['https://indexer.example.com/a.nzb.zip?i=1'] },
    {
      kind: 'folder',
      spellings: [
        'https://indexer.example.com/api?t=get&id=0f0f&apikey=k',
        'https://indexer.example.com/api?apikey=k&id=0f0f&t=get',
      ],
    },
    { kind: 'folder', spellings: ['https://indexer.example.com/v1/api?t=GET&guid=0f0f&r=k'] },
    { kind: 'folder', spellings: ['https://indexer.example.com/getnzb?id=0f0f&r=k'] },
    { kind: 'folder', spellings: ['https://indexer.example.com/get?file=a.nzb&apikey=k'] },
    { kind: 'folder', spellings: ['https://indexer.example.com/1/download?apikey=k&link=bGluaw&file=a'] },
    { kind: 'folder', spellings: ['https://indexer.example.com/getnzb/api/0f0f?apikey=k'] },
    { kind: 'folder', spellings: ['https://indexer.example.com/getnzb/0f0f.nzb&i=7&r=key?x=1'] },
    { kind: 'folder', spellings: [`usenet://nzb/${LONG_ID}`, `USENET://NZB/${LONG_ID.toUpperCase()}#x`] },
    {
      kind: 'file',
      spellings: [
        `usenet://nzb/${LONG_ID}#${OTHER_ID}`,
        `usenet://nzb/${LONG_ID}#${OTHER_ID.toUpperCase()}`,
        `usenet://nzb/${LONG_ID}#${OTHER_ID}/a%20name.bin`,
      ],
    },
    {
      kind: 'file',
      spellings: [
        `https://indexer.example.com/a.nzb#${LONG_ID}`,
        `https://indexer.example.com/a.nzb?apikey=key#${LONG_ID.toUpperCase()}`,
        `https://user:pass@indexer.example.com/a.nzb&r=key#${LONG_ID}`,
      ],
    },
    {
      kind: 'file',
      spellings: [
        `https://indexer.example.com/api?t=get&id=1&apikey=k#${OTHER_ID}/a%20name.bin`,
        `https://indexer.example.com/api?t=get&id=1&apikey=other#${OTHER_ID}`,
      ],
    },
  ],
  foreign: [
    'https://indexer.example.com/a.nzb.exe',
    'https://indexer.example.com/nzb',
    'https://indexer.example.com/api?t=search&id=1',
    'https://indexer.example.com/api?t=get',
    'https://indexer.example.com/getnzb',
    'https://indexer.example.com/a.nzb.7z',
    'https://indexer.example.com/a.nzb/b',
    'https://indexer.example.com/get?file=a.zip',
    'https://indexer.example.com/get?file=a.nzb.html',
    'ftp://indexer.example.com/a.nzb',
    'usenet://a.bin/20/1787400000',
    'usenet://nzb/abc',
    `usenet://nzb/${LONG_ID}/a`,
    `usenet://nzb/${LONG_ID}?a`,
    `usenet://other/${LONG_ID}`,
  ],
  table: REFUSALS,
  /** No command is charged by itself. Block accounts count bytes, so that a check reads no more than one article. */
  chargingCalls: /^(POST|IHAVE|ARTICLE)$/,
  tooManyRequests: 'HOST_TEMP',
  answerAll: ({ knobs }, answer) => {
    knobs.nzbAnswer = answer
  },
  fuzz: {
    nzb: parseNzb,
    'nzb of one file': (text) =>
      parseNzb(`<nzb><file subject="${text}"><segments>${text}</segments></file></nzb>`),
    'nzb of one article': (text) => parseNzb(nzbOf(`<segment bytes="1" number="1">${text}</segment>`)),
    'nzb of much else': (text) => parseNzb(nzbOf(`${text}<segment bytes="1" number="1">a</segment>`)),
    'nzb of many articles': (text) =>
      parseNzb(nzbOf('<segment bytes="1" number="1">a</segment>'.repeat(text.length))),
    subject: readSubject,
    servers: parseServers,
    'answers of a news server': (text) => readAnswers(text),
    article: (text) => readAnswers(`222 0 <a@b>\r\n${text}\r\n.\r\n`),
    yenc: (text) => decodeArticle(Buffer.from(`=ybegin line=128 size=9 name=x\r\n${text}`)),
    uuencode: (text) => decodeArticle(Buffer.from(`begin 644 x\r\n${text}\r\nend\r\n`)),
    'yenc headers': (text) =>
      decodeArticle(Buffer.from(`=ybegin ${text}\r\n=ypart ${text}\r\nabc\r\n=yend ${text}`)),
  },
  secretLink: (link) => ({
    link: link.replace('://', '://deep-user:deep-password@').replace('#', '&r=deep-key?apikey=deeper-key#'),
    secrets: ['deep-user', 'deep-password', 'deep-key', 'deeper-key'],
  }),
  refusals: [
    reply('greeting', '400 down for maintenance', 'HOST_TEMP', MINUTE),
    reply('greeting', '400 too many connections from your address', 'ACCOUNT_BUSY', MINUTE),
    reply('greeting', '502 Too many connections', 'ACCOUNT_BUSY', MINUTE),
    reply('greeting', '502 access denied', 'ACCOUNT_INVALID'),
    reply('greeting', '502 service temporarily unavailable', 'HOST_DOWN', 5 * MINUTE),
    reply('AUTHINFO PASS', '481 wrong', 'ACCOUNT_INVALID'),
    reply('AUTHINFO PASS', '482 out of sequence', 'ACCOUNT_INVALID'),
    reply('AUTHINFO PASS', '452 rejected', 'ACCOUNT_INVALID'),
    reply('AUTHINFO PASS', '381 more', 'ACCOUNT_INVALID'),
    reply('AUTHINFO PASS', '481 max connections reached', 'ACCOUNT_BUSY', MINUTE),
    reply('AUTHINFO PASS', '482 connection limit', 'ACCOUNT_BUSY', MINUTE),
    reply('AUTHINFO PASS', '502 account has expired', 'ACCOUNT_INVALID'),
    reply('AUTHINFO PASS', '502 quota exceeded', 'ACCOUNT_QUOTA', 60 * MINUTE),
    reply('BODY', '430 no such article', 'FILE_GONE'),
    reply('BODY', '423 no such article', 'FILE_GONE'),
    reply('BODY', '451 removed', 'FILE_GONE'),
    reply('BODY', '400 going down', 'HOST_TEMP', MINUTE),
    reply('BODY', '403 internal fault', 'HOST_TEMP', MINUTE),
    reply('BODY', '503 not supported', 'HOST_TEMP', MINUTE),
    reply('BODY', '480 log in', 'ACCOUNT_INVALID'),
    reply('BODY', '501 syntax', 'UNEXPECTED'),
    reply('BODY', '502 block exhausted', 'ACCOUNT_QUOTA', 60 * MINUTE),
    reply('BODY', '299 something new', 'UNEXPECTED'),
    reply('BODY', 'hello', 'HOST_TEMP'),
    ...nzb(404, 'FILE_GONE'),
    ...nzb(410, 'FILE_GONE'),
    ...nzb(403, 'FILE_RESTRICTED'),
    ...nzb(451, 'FILE_BLOCKED'),
    ...nzb(500, 'HOST_TEMP'),
    ...nzb(418, 'UNEXPECTED'),
    ...nzb(200, 'FILE_RESTRICTED', '<html>Please log in</html>'),
    ...nzb(200, 'FILE_GONE', 'not found'),
    ...nzb(200, 'BAD_URL', EMPTY),
    ...nzb(200, 'BAD_URL', '<!DOCTYPE nzb [<!ENTITY a "aaaa">]><nzb></nzb>'),
    ...knob(
      'neither BODY nor ARTICLE',
      'UNEXPECTED',
      (knobs) => (knobs.unknownCommands = new Set(['BODY', 'ARTICLE'])),
    ),
    ...knob('no article at all', 'FILE_GONE', (knobs) => lose(knobs, 1)),
    ...knob('articles with nothing in them', 'CORRUPT', (knobs) => (knobs.emptyBodies = true)),
    ...knob('an NZB that lists other articles', 'FILE_GONE', (knobs) => {
      knobs.editNzb = (text) => text.replace(/<segment [^>]*number="2".*\n/, '')
    }),
    ...knob('an NZB without the file', 'FILE_GONE', (knobs) => {
      knobs.editNzb = (text) => text.replace('p1of', 'q1of')
    }),
    given.state('check', 'nothing but its beginning', ({ knobs }) => lose(knobs, 4), 'gone'),
    given.knobs('checkAccount', { user: 'another' }, 'ACCOUNT_INVALID'),
    given.knobs('checkAccount', { connectionCap: 0 }, 'ACCOUNT_BUSY'),
  ],
}
