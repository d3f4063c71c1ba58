import { describe, expect, it } from '@jest/globals'
import { AUDIT_CSV_HEAD, LEDGER_CSV_HEAD, auditCsvLine, csvLine, ledgerCsvLine, usageCsv } from './csv.js'

describe('csvLine', () => {
  it('lets no text begin a formula, and leaves numbers as they are', () => {
    const texts = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', 'a=1']
    expect(csvLine([...texts, -5, 0])).toBe(`'=1+1,'+1,'-1,'@SUM(A1),'\t=1,"'\r=1",a=1,-5,0\r\n`)
  })

  it('keeps commas, quotes and line ends inside of a cell', () => {
    expect(csvLine(['a,b', 'say "x"', 'one\ntwo', '=HYPERLINK("a","b")', null, undefined])).toBe(
      `"a,b","say ""x""","one\ntwo","'=HYPERLINK(""a"",""b"")",,\r\n`,
    )
  })
})

describe('a ledger as CSV', () => {
  it('has a column for each field, in the order of its head', () => {
    const entry = { at: '2026-01-01T00:00:00.000Z', kind: 'charge', amount: -7, balance: 3 } as const
    const file = { platform: 'RapidGator', fileName: '=a.bin', linkId: 'abc', key: '=NAS' }
    const line = ledgerCsvLine({ ...entry, ...file })
    expect(line).toBe("2026-01-01T00:00:00.000Z,charge,-7,3,RapidGator,'=a.bin,abc,,'=NAS\r\n")
    expect(line.split(',')).toHaveLength(LEDGER_CSV_HEAD.split(',').length)
  })
})

describe('usage as CSV', () => {
  it('has a line by day and platform', () => {
    const row = { day: '2026-01-01', platform: 'RapidGator', charged: 9, refunded: 0, links: 1 }
    expect(usageCsv({ days: [row] })).toBe(
      'day,platform,charged,refunded,links\r\n2026-01-01,RapidGator,9,0,1\r\n',
    )
  })
})

describe('the audit log as CSV', () => {
  it('has a column for each field, with what changed in words', () => {
    const about = {
      id: '7',
      at: '2026-01-01T00:00:00.000Z',
      kind: 'change',
      who: 'token 1',
      address: '::1',
    } as const
    const change = { action: 'PATCH /users', target: 'a@b.test', targetName: null, outcome: 'ok', count: 1 }
    const line = auditCsvLine({ ...about, ...change, changes: { weight: [1, 2], role: [null, 'user'] } })
    expect(line).toBe(
      `2026-01-01T00:00:00.000Z,change,token 1,::1,PATCH /users,a@b.test,,ok,1,"weight: 1 → 2, role: null → user"\r\n`,
    )
    expect(AUDIT_CSV_HEAD.split(',')).toHaveLength(10)
  })
})
