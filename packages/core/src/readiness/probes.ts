import { Injectable } from '@nestjs/common'
import { formatBytes } from '@obb/contracts'
import { DataSource } from 'typeorm'
import { databaseTrouble, migrations } from '../database/index.js'
import type { FetchQueue, Fetchers } from '../queue/index.js'
import { sealedValues, type Vault } from '../secrets/index.js'
import { type ObjectStore, StoreError } from '../storage/index.js'
import { type StoreHealth, type StoreState, stateWord } from '../store-state/index.js'
import { queueFault } from './queue-fault.js'
import { CheckFailure, type Probe } from './readiness.js'

/** How far this machine's clock may be off from PostgreSQL's, ms: as far as the log tolerates it. */
const CLOCK_TOLERANCE_MS = 2_000

const STORE_ACTIONS = {
  full: 'Make room where the files lie, or set STORAGE_QUOTA; what waits goes on by itself.',
  away: 'Check the disk of OBB_HOME and who may write there; ./obb store test tries it at once.',
  wrong: 'Check OBB_HOME, S3_BUCKET and S3_PREFIX; ./obb store adopt takes the store of now.',
}
const S3_ACTION = 'Look at the S3 and its log; ./obb store test tries it at once.'
/** An operation of an S3, before what came of it. */
const S3_OPERATION = /^S3 \w+: /

/** What to do about a store that takes no files; `reason`: its own words. */
export const storeAction = (trouble: keyof typeof STORE_ACTIONS, reason: string | null): string =>
  trouble === 'away' && S3_OPERATION.test(reason ?? '') ? S3_ACTION : STORE_ACTIONS[trouble]

/** A store that cannot be used, by its own words: they have no address and no path in them. */
const storeAway = (reason: string): CheckFailure =>
  new CheckFailure(`away: ${reason.replace(S3_OPERATION, 'S3: ')}`, storeAction('away', reason))

/** Raises what a store answered, as a check tells it. */
export function raiseStoreError(error: unknown): never {
  throw error instanceof StoreError && error.kind === 'UNAVAILABLE' ? storeAway(error.message) : error
}

export const DATABASE_ACTION =
  'Check that PostgreSQL runs and that DATABASE_URL names it; its log says who was not let in.'

/** SQLSTATE of read_only_sql_transaction. */
const READ_ONLY = '25006'

/** Raises what PostgreSQL has against a query, in words where there are some. */
export function raiseInWords(error: unknown): never {
  const trouble = databaseTrouble(error)
  throw trouble === undefined ? error : new CheckFailure(trouble.detail, trouble.action)
}

/** What a process needs of the database. One that is ahead of this version is fine: old and new run side by side. */
@Injectable()
export class DatabaseProbes {
  readonly all: readonly Probe[]
  /** All but whether it answers, for whoever has a way of its own to see that. */
  readonly others: readonly Probe[]

  constructor(private readonly database: DataSource) {
    const migrations: Probe = {
      name: 'migrations',
      viaDatabase: true,
      action: 'Run node apps/stack/dist/migrate.js, or start OBB again with npm start.',
      look: () => this.migrations(),
    }
    const clock: Probe = {
      name: 'clock',
      viaDatabase: true,
      action: 'Have NTP keep the clocks of this machine and of PostgreSQL (timedatectl set-ntp true).',
      look: () => this.clock(),
    }
    this.others = [migrations, clock]
    this.all = [{ name: 'database', action: DATABASE_ACTION, look: () => this.answers() }, ...this.others]
  }

  private async answers(): Promise<undefined> {
    const [{ readOnly }] = await this.database
      .query<[{ readOnly: string }]>(`SELECT current_setting('transaction_read_only') AS "readOnly"`)
      .catch(raiseInWords)
    if (readOnly === 'on') raiseInWords({ code: READ_ONLY })
  }

  private async migrations(): Promise<undefined> {
    const rows = await this.database.query<{ name: string | undefined }[]>('SELECT name FROM migrations')
    const applied = new Set(rows.map(({ name }) => name))
    const missing = migrations.filter(({ name }) => !applied.has(name)).length
    if (missing > 0) throw new CheckFailure(`${missing} of ${migrations.length} migrations are missing`)
  }

  private async clock(): Promise<undefined> {
    const asked = Date.now()
    const [row] = await this.database.query<[{ ms: number }]>(
      'SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS ms',
    )
    // PostgreSQL read its clock somewhere within the round trip.
    const offMs = row.ms < asked ? asked - row.ms : Math.min(0, Date.now() - row.ms)
    if (Math.abs(offMs) <= CLOCK_TOLERANCE_MS) return
    const where = offMs > 0 ? 'ahead of' : 'behind'
    throw new CheckFailure(`${(Math.abs(offMs) / 1000).toFixed(1)} s ${where} PostgreSQL's`)
  }
}

/** Whether the keys of this process open what operators have sealed: one that opens nothing of it is the wrong one. */
export const secretsProbe = (database: DataSource, vault: Vault): Probe => ({
  name: 'secrets',
  viaDatabase: true,
  action: 'Set SECRETS_KEY to the key that sealed them (npm start has it in secrets.json), and restart.',
  async look() {
    const { checked, unreadable } = await sealedValues(database, vault)
    if (checked > 0 && unreadable === checked)
      throw new CheckFailure('SECRETS_KEY opens none of the credentials: no account can be used')
    return undefined
  },
})

export const QUEUE_ACTION =
  'Check that Redis runs and that REDIS_URL names it; without one the queue is in PostgreSQL.'

/** Redis was asked a few times on new connections; the error does not say why none came about. */
const isGivenUp = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'MaxRetriesPerRequestError' || isGivenUp(error.cause))

export const queueProbe = (queue: Pick<FetchQueue, 'ping'>): Probe => ({
  name: 'queue',
  action: QUEUE_ACTION,
  async look() {
    await queue.ping().catch((error: unknown) => {
      const trouble = queueFault(error)
      if (trouble !== undefined) throw new CheckFailure(trouble.detail, trouble.action)
      throw isGivenUp(error) ? new CheckFailure('cannot be reached') : error
    })
    return undefined
  },
})

export const fetchersProbe = (fetchers: Fetchers): Probe => ({
  name: 'fetchers',
  viaDatabase: true,
  action: 'Start a fetcher; its log says why it ended.',
  async look() {
    const { count, slots } = await fetchers.alive()
    if (count === 0) throw new CheckFailure('none is alive: files wait, and new ones are refused with 105')
    return `${count} alive with ${slots} ${slots === 1 ? 'slot' : 'slots'}`
  },
})

/** storeStateProbe tells of the store what fetchers know of it. */
export const storeStateProbe = (health: StoreHealth): Probe => ({
  name: 'store',
  viaDatabase: true,
  action: STORE_ACTIONS.away,
  look: async () => storeDetail(await health.state()),
})

/** storeProbe asks the store of this process, too. `state`: what the others know of it, in one word. */
export const storeProbe = (store: Pick<ObjectStore, 'ping'>, health: Pick<StoreHealth, 'state'>): Probe => ({
  name: 'store',
  viaDatabase: true,
  action: STORE_ACTIONS.away,
  async look() {
    const [state] = await Promise.all([health.state(), store.ping().catch(raiseStoreError)])
    return storeDetail(state)
  },
})

/** The free space of a store that takes files. Raises CheckFailure, with what to do, of another. */
export function storeDetail(state: StoreState): string | undefined {
  const word = stateWord(state)
  const free = state.room === null ? undefined : `${formatBytes(state.room)} free`
  if (word === 'ok') return free
  if (word === 'away' && state.reason !== null) throw storeAway(state.reason)
  const lacking = state.lacking === null ? [] : [`a file that waits needs ${formatBytes(state.lacking)}`]
  throw new CheckFailure(
    [word, ...(free === undefined ? [] : [free]), ...lacking].join(', '),
    storeAction(word, state.reason),
  )
}
