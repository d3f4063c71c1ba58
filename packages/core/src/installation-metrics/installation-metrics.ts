import { Injectable, type OnModuleInit } from '@nestjs/common'
import { Gauge, type Metric } from 'prom-client'
import { DataSource } from 'typeorm'
import { nightlyBackup } from '../backup/index.js'
import { Clock } from '../clock/index.js'
import { within } from '../deadline/index.js'
import { StoredBytes } from '../files/index.js'
import { isUnendedSql } from '../links/liveness.js'
import { registry } from '../metrics/index.js'
import { Fetchers } from '../queue/index.js'
import { PlatformQueues } from '../scheduling/index.js'
import { StoreHealth, stateWord } from '../store-state/index.js'

/** The database is asked at most so often, however many ask, ms. */
const FRESH_MS = 5_000
/** Whoever asks is not held up for longer by a database that hangs, ms. */
const PATIENCE_MS = 1_000
const TROUBLES = ['full', 'away', 'wrong'] as const

const gauge = <Label extends string = never>(name: string, help: string, labelNames: Label[] = []) =>
  new Gauge({ name, help, labelNames, registers: [] })

/** Accounts at a platform that are in one state. */
interface AccountsOfHost {
  platform: string
  state: string
  count: number
  /** Bytes. */
  traffic: number | null
  /** When the first of them ends, epoch s. */
  until: number | null
}

/** When the first account in use ends, epoch s, by platform. */
function firstEnds(accounts: readonly AccountsOfHost[]): Map<string, number> {
  const ends = new Map<string, number>()
  for (const { platform, state, until } of accounts) {
    if (until === null || (state !== 'on' && state !== 'rests')) continue
    ends.set(platform, Math.min(until, ends.get(platform) ?? Infinity))
  }
  return ends
}

/**
 * What the database knows of the whole installation: the same from every gateway, so that a query takes the greatest.
 * Each figure costs what waits, runs or is configured, and nothing that is only stored.
 */
@Injectable()
export class InstallationMetrics implements OnModuleInit {
  private readonly waiting = gauge('obb_fetches_waiting', 'Places in the queue of a platform', ['platform'])
  private readonly age = gauge(
    'obb_fetches_waiting_oldest_seconds',
    'How long the oldest link to a file that waits has been there',
    ['platform'],
  )
  private readonly running = gauge('obb_fetches_running', 'Files that are being fetched', ['platform'])
  private readonly unfinished = gauge(
    'obb_links_unfinished',
    'Links whose file is not whole yet, by its state',
    ['state'],
  )
  private readonly accounts = gauge(
    'obb_host_accounts',
    'Accounts of the operator: on, rests (for a while), ended (at the host) or off',
    ['platform', 'state'],
  )
  private readonly traffic = gauge(
    'obb_host_traffic_left_bytes',
    'What the accounts that are on have left, where the host tells it',
    ['platform'],
  )
  private readonly premiumUntil = gauge(
    'obb_host_premium_until_timestamp_seconds',
    'When the first of the accounts that are in use ends at the host, Unix time, where the host tells it',
    ['platform'],
  )
  private readonly circuit = gauge(
    'obb_host_circuit_open',
    'Whether a platform is not asked, since it failed by itself: 1 or 0',
    ['platform'],
  )
  private readonly trouble = gauge('obb_store_trouble', 'Whether the store takes no files, and why: 1 or 0', [
    'trouble',
  ])
  private readonly free = gauge('obb_store_free_bytes', 'Bytes that may be written, where the store tells it')
  private readonly used = gauge('obb_store_used_bytes', 'Bytes of files, those under way included')
  private readonly fetchersAlive = gauge('obb_fetchers_alive', 'Fetchers that were seen lately')
  private readonly mails = gauge('obb_mails_waiting', 'Mails that wait to be sent')
  private readonly mailsAge = gauge('obb_mails_waiting_oldest_seconds', 'How long the oldest of them waits')
  private readonly backup = gauge(
    'obb_backup_last_success_timestamp_seconds',
    'When the newest nightly backup was made, Unix time, while they are on; 0: there is none',
  )
  private readonly slots = gauge('obb_fetcher_slots', 'Files that they fetch at once at most')
  /** The look under way or the last one: one that hangs is not begun again. */
  private reading: Promise<void> | undefined
  private isReading = false
  private readAt = -Infinity

  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
    private readonly queues: PlatformQueues,
    private readonly fetchers: Fetchers,
    private readonly store: StoreHealth,
  ) {}

  onModuleInit(): void {
    this.free.remove() // 0 would be a store that is full
    this.backup.remove()
    for (const each of this.all()) {
      registry.removeSingleMetric((each as unknown as { name: string }).name)
      registry.registerMetric(each)
    }
  }

  /** Brings all figures up to date. What cannot be asked now is as it was. */
  refresh(now = performance.now()): Promise<void> {
    if (this.reading === undefined || (!this.isReading && now >= this.readAt + FRESH_MS)) {
      this.isReading = true
      this.readAt = now
      this.reading = this.read()
        .catch(() => undefined)
        .finally(() => (this.isReading = false))
    }
    return within(PATIENCE_MS, this.reading, 'metrics').catch(() => undefined)
  }

  private all(): Metric[] {
    return [
      ...[this.waiting, this.age, this.running, this.unfinished, this.accounts, this.traffic],
      ...[this.premiumUntil, this.circuit, this.trouble, this.free, this.used],
      ...[this.fetchersAlive, this.slots, this.mails, this.mailsAge, this.backup],
    ] as Metric[]
  }

  private async read(): Promise<void> {
    const now = new Date(this.clock.now())
    const [queues, links, accounts, circuits, [mails], store, used, alive, backup] = await Promise.all([
      this.queues.list(),
      this.database.query<{ state: string; count: number }[]>(
        `SELECT f.state, count(*)::int AS count FROM link JOIN source_file f ON f.id = link.file_id
          WHERE link.unfinished AND ${isUnendedSql('link')} GROUP BY 1`,
      ),
      this.database.query<AccountsOfHost[]>(
        `SELECT platform,
                CASE WHEN NOT enabled THEN 'off' WHEN NOT premium OR valid_until <= $1 THEN 'ended'
                     WHEN cool_until > $1 THEN 'rests' ELSE 'on' END AS state,
                count(*)::int AS count, sum(traffic_left)::bigint AS traffic,
                extract(epoch FROM min(valid_until))::float8 AS until
           FROM host_account WHERE trial_until IS NULL GROUP BY 1, 2`,
        [now],
      ),
      this.database.query<{ platform: string; open: boolean }[]>(
        'SELECT platform, coalesce(open_until > $1, false) AS open FROM host_health',
        [now],
      ),
      this.database.query<[{ count: number; age: number }]>(
        `SELECT count(*)::int AS count, coalesce(extract(epoch FROM $1 - min(created_at)), 0)::float8 AS age
           FROM mail WHERE finished_at IS NULL`,
        [now],
      ),
      this.store.state(),
      StoredBytes.total(this.database),
      this.fetchers.alive(),
      nightlyBackup(this.database),
    ])
    const { waiting, age: oldest, running: runs, unfinished, traffic: left, premiumUntil, circuit } = this
    for (const each of [waiting, oldest, runs, unfinished, this.accounts, left, premiumUntil, circuit])
      each.reset()
    for (const { platform, waiting: places, oldestAt, running: files } of queues) {
      if (files > 0) runs.set({ platform }, files)
      if (oldestAt === null) continue
      waiting.set({ platform }, places)
      oldest.set({ platform }, (now.getTime() - oldestAt.getTime()) / 1000)
    }
    for (const { state, count } of links) unfinished.set({ state }, count)
    for (const { platform, state, count, traffic } of accounts) {
      this.accounts.set({ platform, state }, count)
      if (state === 'on' && traffic !== null) this.traffic.set({ platform }, traffic)
    }
    for (const [platform, until] of firstEnds(accounts)) this.premiumUntil.set({ platform }, until)
    for (const { platform, open } of circuits) this.circuit.set({ platform }, open ? 1 : 0)
    const word = stateWord(store)
    for (const trouble of TROUBLES) this.trouble.set({ trouble }, word === trouble ? 1 : 0)
    if (store.room === null) this.free.remove()
    else this.free.set(store.room)
    this.used.set(used)
    if (backup === undefined) this.backup.remove()
    else this.backup.set((backup.madeAt?.getTime() ?? 0) / 1000)
    this.fetchersAlive.set(alive.count)
    this.slots.set(alive.slots)
    this.mails.set(mails.count)
    this.mailsAge.set(mails.age)
  }
}
