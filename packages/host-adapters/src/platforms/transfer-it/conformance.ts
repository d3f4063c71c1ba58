import type { PlatformConformance } from '../../conformance/platform-conformance.js'
import * as given from '../../conformance/refusal-cases.js'
import { nodes } from '../../kit/mega/answers.js'
import { codeCases } from '../../conformance/mega-refusal-cases.js'
import { NodeTree } from '../../kit/mega/tree.js'
import { PLAIN_KEYS, api } from './api.js'
import { fake } from './fake.js'
import type { TransferItKnobs } from './fake.js'
import { REFUSALS } from './refusals.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

const TRANSFER = 'AbC1_-x9Yz07'
const NODE = 'aB-dEf12'
const readers = api.readers({ f: nodes })

const number = (code: number) => ({ status: 200, body: [code] })

export const conformance: PlatformConformance<TransferItKnobs> = {
  fake,
  links: [
    {
      kind: 'folder',
      spellings: [
        `https://transfer.it/t/${TRANSFER}`,
        `http://www.transfer.it/t/${TRANSFER}/`,
        `https://TRANSFER.it./t/${TRANSFER}?x=1`,
        `https://transfer.it/t/${TRANSFER}#other`,
      ],
    },
    { kind: 'folder', spellings: [`https://transfer.it/t/${TRANSFER.toLowerCase()}`] },
    {
      kind: 'file',
      spellings: [
        `https://transfer.it/t/${TRANSFER}#${NODE}`,
        `https://transfer.it/t/${TRANSFER}/#${NODE}`,
        `https://transfer.it/cs/g?x=${TRANSFER}&n=${NODE}&fn=a%20b.bin`,
        `https://bt7.api.mega.co.nz/cs/g?x=${TRANSFER}&n=${NODE}&fn=a.bin`,
      ],
    },
  ],
  foreign: [
    'https://transfer.it/',
    'https://transfer.it/start',
    'https://transfer.it/t/short',
    `https://transfer.it/t/${TRANSFER}x`,
    `https://transfer.it/x/${TRANSFER}`,
    `https://transfer.it/cs/g?x=${TRANSFER}`,
    `https://transfer.it/cs/g?n=${NODE}`,
    `https://bt7.api.mega.co.nz/t/${TRANSFER}`,
    'https://bt7.api.mega.co.nz/cs?id=1',
    `https://g.api.mega.co.nz/cs/g?x=${TRANSFER}&n=${NODE}`,
    `https://nottransfer.it/t/${TRANSFER}`,
    `https://transfer.it.example.com/t/${TRANSFER}`,
  ],
  table: REFUSALS,
  chargingCalls: /^(g|dl)$/,
  tooManyRequests: 'RATE_LIMITED',
  fuzz: {
    ...readers,
    tree: (text) => NodeTree.of(readers.f(text), PLAIN_KEYS).files(NODE),
  },
  refusals: [
    ...codeCases<TransferItKnobs>('f'),
    given.answer('check', 'f', number(-8), 'gone'),
    given.answer('resolve', 'f', number(-8), 'FILE_GONE'),
    given.answer('expand', 'f', { status: 200, body: -9 }, 'FILE_GONE'),
    given.answer('check', 'f', number(-14), 'FILE_PASSWORD_REQUIRED'),
    given.answer('resolve', 'f', number(-17), 'HOST_TEMP', HOUR),
    given.answer('resolve', 'f', number(-24), 'HOST_TEMP', HOUR),
    given.answer('resolve', 'f', number(-19), 'HOST_TEMP', MINUTE),
    given.deletedFile('check'),
    given.deletedFile('resolve'),
    given.knobs('download', { quotaSeconds: 7200 }, 'HOST_TEMP', 2 * HOUR),
    given.knobs('download', { quotaSeconds: 0 }, 'HOST_TEMP', HOUR),
    given.knobs('download', { storageBusy: true }, 'HOST_TEMP', MINUTE),
    given.linkAnswer({ status: 200, body: -16 }, 'FILE_BLOCKED'),
    ...[401, 403, 404, 410].map((status) => given.linkAnswer({ status, body: '' }, 'LINK_EXPIRED')),
  ],
}
