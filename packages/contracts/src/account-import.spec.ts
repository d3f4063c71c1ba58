import { describe, expect, it } from '@jest/globals'
import { type ImportHost, MAX_IMPORT_LENGTH, MAX_IMPORT_ROWS, readAccountImport } from './account-import.js'

const password = { name: 'password', required: true, secret: true }
const HOSTS: ImportHost[] = [
  {
    platform: 'RapidGator',
    domains: ['rapidgator.net', 'rg.to'],
    credentials: [
      { name: 'email', required: true, secret: false },
      password,
      { name: 'totpSecret', required: false, secret: true },
    ],
  },
  { platform: '1fichier', domains: ['1fichier.com'], credentials: [{ ...password, name: 'apiKey' }] },
]
const read = (text: string, known: { platform: string; label: string }[] = []) =>
  readAccountImport(text, HOSTS, known)
const rapidgator = (line: number, email: string, secret: string) => ({
  ...{ line, label: email, state: 'new', platform: 'RapidGator' },
  credentials: { email, password: secret },
})

describe('accounts as CSV', () => {
  it('are a host, a login and a password, or a key, in the order of a head or without one', () => {
    const rows = [
      { ...rapidgator(1, 'a@b.test', 'pa"ss,word'), host: 'rapidgator.net' },
      {
        ...{ line: 2, host: '1fichier', label: '…89ab', state: 'new', platform: '1fichier' },
        credentials: { apiKey: '0123456789ab' },
      },
    ]
    expect(read('rapidgator.net,a@b.test,"pa""ss,word"\r\n1fichier,,0123456789ab\r\n')).toEqual(rows)
    const headed = 'password;host;login\n"pa""ss,word";rapidgator.net;a@b.test\n0123456789ab;1fichier;\n'
    expect(read(headed)).toEqual(rows.map((row) => ({ ...row, line: row.line + 1 })))
  })

  it('may have the fields of a host by their own names', () => {
    expect(read('\uFEFFplatform\temail\tpassword\ttotpSecret\nRapidGator\ta@b.test\tsecret\tJBSW\n')).toEqual(
      [
        {
          ...{ ...rapidgator(2, 'a@b.test', 'secret'), host: 'RapidGator' },
          credentials: { email: 'a@b.test', password: 'secret', totpSecret: 'JBSW' },
        },
      ],
    )
  })

  it('are told without what may be a password, where a line is not understood', () => {
    for (const text of ['rapidgator.net:me@x.org:hunter2\n', 'hunter2,me@x.org,rapidgator.net\n'])
      expect(read(text)).toEqual([{ line: 1, host: '', label: '', state: 'unknown_host' }])
  })

  it('that are there, or twice, of no host or incomplete are told, and the others go on', () => {
    const text = 'rg.to,A@b.test,x\nrg.to,c@d.test,x\nrg.to,C@d.test,y\nnowhere.test,e,f\nrg.to,g@h.test\n'
    expect(read(text, [{ platform: 'RapidGator', label: 'a@B.test' }])).toEqual([
      { line: 1, host: 'rg.to', label: 'A@b.test', state: 'known', platform: 'RapidGator' },
      { ...rapidgator(2, 'c@d.test', 'x'), host: 'rg.to' },
      { line: 3, host: 'rg.to', label: 'C@d.test', state: 'known', platform: 'RapidGator' },
      { line: 4, host: 'nowhere.test', label: '', state: 'unknown_host' },
      {
        ...{ line: 5, host: 'rg.to', label: 'g@h.test', state: 'incomplete', platform: 'RapidGator' },
        missing: ['password'],
      },
    ])
  })
})

describe('accounts of pyLoad', () => {
  it('are read as pyLoad reads them, by the names of its plugins', () => {
    const text = [
      ...['version: 1', '', 'RapidgatorNet:', '', '\ta@b.test:pa:ss', '\t@timeLimit 0:00-23:44'],
      ...[
        '# c@d.test:x',
        '\t@limitDL 5',
        '',
        'OneFichierCom:',
        '',
        '\tkey:0123456789ab',
        '',
        'Nowhere:',
        '\te:f',
      ],
    ].join('\r\n')
    expect(read(text)).toEqual([
      { ...rapidgator(5, 'a@b.test', 'pa:ss'), host: 'RapidgatorNet' },
      {
        ...{ line: 12, host: 'OneFichierCom', label: '…89ab', state: 'new', platform: '1fichier' },
        credentials: { apiKey: '0123456789ab' },
      },
      { line: 15, host: 'Nowhere', label: '', state: 'unknown_host' },
    ])
  })
})

it.each([
  ['nothing', ' \n', 'empty'],
  ['a head alone', 'platform,login,password\n', 'empty'],
  ['more rows than there may be', 'rg.to,a,b\n'.repeat(MAX_IMPORT_ROWS + 1), 'too_many'],
  ['a longer text than there may be', 'x'.repeat(MAX_IMPORT_LENGTH + 1), 'too_long'],
])('%s is refused', (_what, text, fault) => {
  expect(read(text)).toBe(fault)
})
