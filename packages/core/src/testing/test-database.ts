import { databaseLike, type ScratchDatabase } from '@obb/testing/postgres'
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DataSource } from 'typeorm'
import { Accounts, type Caller, type NewAccount } from '../accounts/index.js'
import { type Clock, systemClock } from '../clock/index.js'
import { ROLE_HOLDERS, type RoleHolder, databaseUrlAs, roleOf, rolePasswordOf } from '../config/index.js'
import { type DatabaseOptions, migrate, openDatabase } from '../database/index.js'
import { type FileState, SourceFile } from '../files/index.js'
import { Link } from '../links/index.js'
import { TrafficLedger } from '../traffic/index.js'

/** Bytes of a file, unless given. */
const SIZE = 100
const LINK_TTL_MS = 7 * 86_400_000
const LEASE_MS = 15_000
/** How long a connection may take to be gone, ms. */
const OTHERS_MS = 10_000

/** A user as the gateway sees one, and what only the user knows. */
export interface TestAccount extends Caller {
  email: string
  apiKey: string
}

const ROLE_PASSWORD = 'of-every-role-in-tests'

/** The settings with which the processes of OBB connect to a test database as their roles. */
export const ROLE_SETTINGS: Readonly<Record<string, string>> = Object.fromEntries(
  ROLE_HOLDERS.map((process) => [rolePasswordOf(process), ROLE_PASSWORD]),
)

/** urlOf gives the URL of a test database by which a process connects as its role. */
export const urlOf = (process: RoleHolder, url: string): string =>
  databaseUrlAs(url, roleOf(process), ROLE_PASSWORD)

/** A database with every migration applied and the roles of the processes: a copy of a template, about 30 ms. */
export function createTestDatabase(): Promise<ScratchDatabase> {
  const passwords = Object.fromEntries(ROLE_HOLDERS.map((process) => [process, ROLE_PASSWORD]))
  return databaseLike('obb_template', (url) => migrate(url, passwords))
}

/** STATES gives what a file in each state has, beside what every file has. */
const STATES: Record<FileState, (file: { id: string; size: number }, at: Date) => Partial<SourceFile>> = {
  idle: () => ({}),
  pending: (_, at) => ({ wantedAt: at, nextAttemptAt: at }),
  downloading: ({ id }, at) => ({
    ...{ wantedAt: at, worker: 'one', claim: 1, leaseUntil: new Date(at.getTime() + LEASE_MS) },
    ...{ objectKey: `${id}/1`, uploadId: 'u', partSize: 8 },
  }),
  done: ({ id, size }, at) => ({
    ...{ objectKey: `${id}/1`, bytesDone: size, doneAt: at, lastAccessAt: at },
    ...{ sha256: hexOf(id).repeat(2), md5: hexOf(id) },
  }),
  error: () => ({ refusal: 'file_gone' }),
}

/** 32 digits that no other file has. */
const hexOf = (id: string) => id.replaceAll('-', '')

/** A migrated database of one test file, connected, and rows of the kinds that tests need. */
export class TestDatabase {
  private readonly sources: DataSource[] = []

  private constructor(
    private readonly database: ScratchDatabase,
    private readonly clock: Clock,
  ) {}

  /** `clock` is when rows are made. */
  static async open(clock: Clock = systemClock, options?: DatabaseOptions): Promise<TestDatabase> {
    const opened = new TestDatabase(await createTestDatabase(), clock)
    await opened.another(options)
    return opened
  }

  /** A connection string. */
  get url(): string {
    return this.database.url
  }

  get source(): DataSource {
    const [first] = this.sources
    if (first === undefined) throw new Error('the database is closed')
    return first
  }

  /** Connections of their own, as another process has them: the owner's, unless `process` says whose. */
  async another(options?: DatabaseOptions, process?: RoleHolder): Promise<DataSource> {
    const url = process === undefined ? this.url : urlOf(process, this.url)
    const source = await openDatabase(url, options)
    this.sources.push(source)
    return source
  }

  /**
   * Who else is connected, by name. PostgreSQL shows a connection that was closed until its process has ended, so those
   * count that are still there after ten seconds.
   */
  async others(): Promise<string[]> {
    for (const until = performance.now() + OTHERS_MS; ; await sleep(20)) {
      const rows = await this.source.query<{ name: string }[]>(
        `SELECT application_name AS name FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid()`,
      )
      if (rows.length === 0 || performance.now() > until) return rows.map(({ name }) => name)
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.sources.splice(0).map((each) => each.destroy()))
    await this.database.drop()
  }

  /** A user with 1 MB of traffic and without caps. */
  async anAccount(more: Partial<NewAccount> = {}): Promise<TestAccount> {
    const email = `${randomUUID()}@a.test`
    const accounts = new Accounts(this.source, this.clock)
    const { apiKey } = await accounts.create({ email, traffic: 1_000_000, ...more })
    const caller = await accounts.byKey(apiKey)
    if (!caller) throw new Error('the account that was just made is not there')
    return { ...caller, email: more.email ?? email, apiKey }
  }

  /** A file that its host has just told about, with all that belongs to its state; idle unless given. */
  async aFile(more: Partial<SourceFile> = {}): Promise<SourceFile> {
    const { id = randomUUID(), state = 'idle', size } = more
    const at = new Date(this.clock.now())
    await this.source.manager.insert(SourceFile, {
      ...{ id, state, platform: 'Sample', hostFileId: id, canonicalUrl: `https://sample.test/${id}` },
      ...{ name: 'a.bin', size: SIZE, checkedAt: at, createdAt: at, updatedAt: at },
      ...STATES[state]({ id, size: size ?? SIZE }, at),
      ...more,
    })
    return this.source.manager.findOneByOrFail(SourceFile, { id })
  }

  /** A live link for which its account was charged the size of the file; both are made unless given. */
  async aLink({
    account,
    file,
    ...more
  }: Partial<Omit<Link, 'account' | 'file'>> & {
    account?: Pick<Caller, 'accountId'>
    file?: Pick<SourceFile, 'id' | 'platform' | 'size'>
  } = {}): Promise<Link> {
    const { accountId } = account ?? (await this.anAccount())
    const { id: fileId, platform, size } = file ?? (await this.aFile({ state: 'done' }))
    const now = this.clock.now()
    const link = {
      ...{ id: randomUUID().slice(0, 24), accountId, fileId, hostDomain: 'sample.test', charged: size ?? 0 },
      keyId: null,
      ...{ createdAt: new Date(now), expiresAt: new Date(now + LINK_TTL_MS) },
      ...more,
    }
    await this.source.transaction(async (tx) => {
      await tx.insert(Link, link)
      const { keyId } = link
      const charge = { accountId, linkId: link.id, platform, keyId, bytes: link.charged }
      if (!(await TrafficLedger.charge(tx, this.clock, charge))) throw new Error('too little traffic')
    })
    return this.source.manager.findOneByOrFail(Link, { id: link.id })
  }
}
