import { Refusal } from '@obb/contracts'
import type { DataSource, EntityManager } from 'typeorm'
import type { Account, Caller } from '../accounts/index.js'
import type { BlockCandidate, BlockFacts, BlockList } from '../blocks/index.js'
import type { Clock } from '../clock/index.js'
import type { Files } from '../files/index.js'
import type { HostBreaker } from '../health/index.js'
import { isUnendedSql } from '../links/index.js'
import type { AccountPool, PoolCapacity } from '../pool/index.js'
import type { Fetchers } from '../queue/index.js'
import { Statement } from '../statements/index.js'
import type { Maintenance, MaintenanceNow } from '../status-page/index.js'
import type { StoreHealth, StoreState } from '../store-state/index.js'
import type { HostUsage, UsageWindow } from '../traffic/index.js'

/** The account as it is now, not as it was when its key was looked up. */
export interface AccountNow {
  state: Account['state']
  expiresAt: Date | null
  trafficLeft: number
}

/** An account's links on a platform whose files are not whole. */
export interface Unfinished {
  unfinished: number
  running: number
}

/** The features that gates look at. */
export interface GateFeatures {
  clock: Clock
  files: Files
  blocks: BlockList
  pool: AccountPool
  breaker: HostBreaker
  fetchers: Fetchers
  store: StoreHealth
  usage: HostUsage
  maintenance: Maintenance
}

/** What gates look at for one caller. What does not depend on the file is read once, when the first gate wants it. */
export interface GateSources {
  runner: DataSource | EntityManager
  clock: Clock
  files: Files
  block: (facts: BlockFacts) => Promise<BlockCandidate | undefined>
  accountNow: () => Promise<AccountNow>
  maintenance: MaintenanceNow | null
  fetcherAlive: () => Promise<boolean>
  storeState: () => Promise<StoreState>
  openUntil: (platform: string) => Promise<number | undefined>
  unfinished: (platform: string) => Promise<Unfinished>
  usage: (platform: string) => Promise<UsageWindow>
  /** Seconds; see HostUsage. */
  untilFits: (platform: string, bytes: number, cap: number) => Promise<number>
  poolCapacity: (platform: string) => Promise<PoolCapacity>
}

const ACCOUNT = new Statement<AccountNow>(
  'SELECT state, expires_at AS "expiresAt", traffic_left AS "trafficLeft" FROM account WHERE id = $1',
)

/** Few of an account's links are unfinished, however many it has: they have an index of their own. */
export const UNFINISHED = new Statement<Unfinished>(
  `SELECT count(*)::int AS unfinished, (count(*) FILTER (WHERE f.state = 'downloading'))::int AS running
     FROM link l CROSS JOIN LATERAL (SELECT platform, state FROM source_file WHERE id = l.file_id LIMIT 1) f
    WHERE l.account_id = $1 AND l.unfinished AND ${isUnendedSql('l')} AND f.platform = $2 AND f.state <> 'done'`,
)

/** `tx`: a transaction under the locks of the file and the account; without, it holds for the moment. */
export function gateSources(
  features: GateFeatures,
  { accountId }: Caller,
  database: DataSource,
  tx?: EntityManager,
): GateSources {
  const { blocks, breaker, clock, fetchers, files, maintenance, pool, store, usage } = features
  const runner = tx ?? database
  const known = new Map<string, Promise<unknown>>()
  const once = <T>(what: string, read: () => Promise<T>): Promise<T> => {
    const reading = (known.get(what) as Promise<T> | undefined) ?? read()
    known.set(what, reading)
    return reading
  }
  const usageOf = (platform: string) =>
    once(`usage ${platform}`, () => usage.window({ accountId, platform }, tx))
  return {
    runner,
    clock,
    files,
    block: (facts) => blocks.find(facts, runner),
    accountNow: () =>
      once('account', async () => {
        const [account] = await ACCOUNT.run(runner, [accountId])
        if (!account) throw new Refusal('account_suspended')
        return account
      }),
    maintenance: maintenance.now,
    fetcherAlive: () => once('fetcher', () => fetchers.anyAlive()),
    storeState: () => once('store', () => store.state(runner)),
    openUntil: (platform) => once(`circuit ${platform}`, () => breaker.openUntil(platform, runner)),
    unfinished: (platform) =>
      once(`unfinished ${platform}`, async () => {
        const [row] = await UNFINISHED.run(runner, [accountId, platform])
        return row ?? { unfinished: 0, running: 0 }
      }),
    usage: usageOf,
    untilFits: async (platform, bytes, cap) =>
      usage.secondsUntilFits({ accountId, platform }, await usageOf(platform), { bytes, cap }, runner),
    poolCapacity: (platform) => once(`pool ${platform}`, () => pool.capacity(platform, runner)),
  }
}
