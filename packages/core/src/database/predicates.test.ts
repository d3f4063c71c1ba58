import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { linkStateSchema } from '@obb/contracts'
import { randomUUID } from 'node:crypto'
import type { DataSource } from 'typeorm'
import { Account, mayAct, mayActSql } from '../accounts/index.js'
import {
  FILE_PHASES,
  FILE_STATES,
  SourceFile,
  TRANSITIONS,
  type TransitionName,
  allows,
  isDue,
  isDueSql,
  isIn,
  isInSql,
  isLeased,
  isLeasedSql,
  isLeft,
  isLeftSql,
} from '../files/index.js'
import {
  Link,
  asAskedFor,
  isExpired,
  isExpiredSql,
  isLive,
  isLiveSql,
  isUnended,
  isUnendedSql,
  isWanted,
  isWantedSql,
  linkState,
  linkStateSql,
  linkView,
} from '../links/index.js'
import { TestDatabase } from '../testing/index.js'

/*
 * Predicates that are asked of rows in TypeScript and of tables in SQL. Both are asked about the same rows: all states,
 * and times on, before and after the border.
 */

const NOW = Date.parse('2026-03-01T12:00:00Z')
const AROUND = [-1, 0, 1].map((ms) => new Date(NOW + ms))
const END_REASONS = ['expired', 'failed', 'cancelled', 'blocked', 'removed'] as const
const ACCOUNT_STATES = ['active', 'suspended', 'removed'] as const

interface Rows {
  account: Account
  file: SourceFile
  link: Link
}

const transitions = Object.keys(TRANSITIONS) as TransitionName[]

const viewOf = ({ link, file }: Rows) =>
  asAskedFor({ ...linkView(link, file), evicted: isIn(['evicted'], file) }, new Date(NOW))

/** Its name, the function, the condition; `$1` is now. */
const TWINS: [string, (rows: Rows) => boolean, string][] = [
  ['an account may act', ({ account }) => mayAct(account, NOW), mayActSql('a', '$1')],
  ['a link is unended', ({ link }) => isUnended(link), isUnendedSql('l')],
  ['a link is expired', ({ link, file }) => isExpired(link, file, NOW), isExpiredSql('l', 'f', '$1')],
  ['a link is live', ({ link, file }) => isLive(link, file, NOW), isLiveSql('l', 'f', '$1')],
  ...linkStateSchema.options.map((state): (typeof TWINS)[number] => [
    `a link is told as ${state}`,
    (rows) => linkState(viewOf(rows), NOW) === state,
    `${linkStateSql('l', 'f', '$1')} = '${state}'`,
  ]),
  ['a file is due', ({ file }) => isDue(file, NOW), isDueSql('f', '$1')],
  ['a file is leased', ({ file }) => isLeased(file, NOW), isLeasedSql('f', '$1')],
  ['a file is left behind', ({ file }) => isLeft(file, NOW), isLeftSql('f', '$1')],
  ...FILE_PHASES.map((phase): (typeof TWINS)[number] => [
    `a file is ${phase}`,
    ({ file }) => isIn([phase], file),
    isInSql([phase], 'f'),
  ]),
  ...transitions.map((name): (typeof TWINS)[number] => [
    `a file allows ${name}`,
    ({ file }) => allows(name, file),
    isInSql(TRANSITIONS[name].from, 'f'),
  ]),
]

const product = <A, B>(as: readonly A[], bs: readonly B[]): [A, B][] =>
  as.flatMap((a) => bs.map((b): [A, B] => [a, b]))

const pick = <T>(list: readonly T[], at: number): T => list[at % list.length] as T

let db: TestDatabase
let database: DataSource
const rows: Rows[] = []
let answers: Map<string, Record<string, boolean>>

const created = new Date(NOW - 1_000)

type Row<Entity> = Partial<Entity> & { id: string }

function accounts(): Row<Account>[] {
  return product(ACCOUNT_STATES, [null, ...AROUND]).map(([state, expiresAt]) => {
    const id = randomUUID()
    return { id, email: id, state, expiresAt, createdAt: created }
  })
}

function newFile(more: Partial<SourceFile>): Row<SourceFile> {
  const id = randomUUID()
  const names = { platform: 'Sample', hostFileId: id, canonicalUrl: id }
  return { id, ...names, createdAt: created, updatedAt: created, ...more }
}

function newLink(
  { id: accountId }: Row<Account>,
  { id: fileId }: Row<SourceFile>,
  more: Partial<Link>,
): Row<Link> {
  const ends = more.endedAt ? { endReason: 'expired' as const } : {}
  const of = { accountId, fileId, hostDomain: 'a.test', charged: 0, createdAt: created }
  return { id: randomUUID().slice(0, 24), ...of, ...ends, expiresAt: created, ...more }
}

async function insert(files: Partial<SourceFile>[], users: Partial<Account>[], links: Partial<Link>[]) {
  await database.manager.insert(Account, users)
  for (let at = 0; at < files.length; at += 500)
    await database.manager.insert(SourceFile, files.slice(at, at + 500))
  for (let at = 0; at < links.length; at += 500)
    await database.manager.insert(Link, links.slice(at, at + 500))
}

beforeAll(async () => {
  db = await TestDatabase.open()
  database = db.source
  const users = accounts()
  const stored = product(FILE_STATES, [null, 'object'])
  const times = product([null, ...AROUND], [null, ...AROUND])
  const files = product(stored, times).map(([[state, objectKey], [nextAttemptAt, leaseUntil]]) =>
    newFile({ state, objectKey, nextAttemptAt, leaseUntil }),
  )
  const ends = product([null, created], AROUND)
  const links = files.flatMap((file, at) =>
    ends.map(([endedAt, expiresAt], end) =>
      newLink(pick(users, at + end), file, {
        ...{ endedAt, expiresAt },
        ...(endedAt && { endReason: pick(END_REASONS, at + end) }),
      }),
    ),
  )
  await insert(files, users, links)
  const found = await database.manager.find(Link, { relations: { account: true, file: true } })
  rows.push(...found.map((link) => ({ link, file: link.file, account: link.account })))
  const conditions = TWINS.map(([name, , sql]) => `coalesce(${sql}, false) AS "${name}"`)
  const told = await database.query<(Record<string, boolean> & { id: string })[]>(
    `SELECT l.id, ${conditions.join(', ')} FROM link l
       JOIN source_file f ON f.id = l.file_id JOIN account a ON a.id = l.account_id`,
    [new Date(NOW)],
  )
  answers = new Map(told.map(({ id, ...row }) => [id, row as Record<string, boolean>]))
})
afterAll(() => db.close())

describe('a row that was read and the table are told the same:', () => {
  it.each(TWINS)('%s', (name, predicate) => {
    expect(rows).toHaveLength(960)
    for (const row of rows) {
      const { state, objectKey, nextAttemptAt, leaseUntil } = row.file
      const of = { state, objectKey, nextAttemptAt, leaseUntil, link: row.link, account: row.account.state }
      expect({ ...of, is: answers.get(row.link.id)?.[name] }).toEqual({ ...of, is: predicate(row) })
    }
    const is = rows.filter(predicate).length
    expect(is).toBeGreaterThan(0)
  })

  it.each(TWINS.filter(([name]) => !/allows (pin|touch)/.test(name)))(
    'not every row is it: %s',
    (_, predicate) => {
      expect(rows.every(predicate)).toBe(false)
    },
  )

  it('a file is wanted', async () => {
    const ends = [null, created]
    const cases = [[], ...ends.map((end) => [end]), ...product(ends, ends)]
    const users = accounts().slice(0, 2)
    const files = cases.map(() => newFile({}))
    const links = cases.flatMap((of, at) =>
      of.map((endedAt, index) => newLink(pick(users, index), pick(files, at), { endedAt })),
    )
    await insert(files, users, links)
    for (const [at, of] of cases.entries()) {
      const [row] = await database.query<{ is: boolean }[]>(
        `SELECT ${isWantedSql('f.id')} AS is FROM source_file f WHERE f.id = $1`,
        [files[at]?.id],
      )
      expect({ of, is: row?.is }).toEqual({ of, is: isWanted(of.map((endedAt) => ({ endedAt }))) })
    }
  })
})
