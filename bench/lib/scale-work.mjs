/* What bench:scale measures: by name, one call of it, told how many came before. */
import { randomBytes } from 'node:crypto'
import { BlockList } from '@obb/core/blocks'
import { systemClock } from '@obb/core/clock'
import { Documents } from '@obb/core/documents'
import { Fetches } from '@obb/core/fetches'
import { Files, HashStates, StoredBytes, StoredFiles } from '@obb/core/files'
import { Folders } from '@obb/core/folders'
import { HostBreaker, HostHistory } from '@obb/core/health'
import { History } from '@obb/core/history'
import { Levels } from '@obb/core/levels'
import { Links } from '@obb/core/links'
import { openLog } from '@obb/core/log'
import { AccountPool, AccountRegister, AccountTrials } from '@obb/core/pool'
import { Fetchers } from '@obb/core/queue'
import { FetchSchedule, QueuePositions, QueueRepair } from '@obb/core/scheduling'
import { Vault } from '@obb/core/secrets'
import { StoreHealth, StoreSweeps } from '@obb/core/store-state'
import { HostUsage, KeyUsage } from '@obb/core/traffic'
import { Expiry } from '../../apps/fetcher/dist/housekeeping/expiry.js'
import { Queues } from '../../apps/fetcher/dist/housekeeping/queues.js'
import { Retention } from '../../apps/fetcher/dist/housekeeping/retention.js'
import { emailOf, isCapped, keyOf, linkOf, sha256Of, urlOf, userOf } from './scale-data.mjs'

const DAY_MS = 86_400_000
const EXTERNAL = '/api/external/v1'
const ADMIN = '/api/admin/v1'
const CHECKED = 20
const PAGE = 100

/** Stored files without a live link, of the platform that has most, by their number modulo 20. */
const UNLINKED = [1, 2, 3, 11, 12, 13]

/** The number of the `at`-th of `count` things that lie all over a range, and never the same twice. */
const scattered = (at, count) => (at * 7_919 + 13) % count

/** Calls of clients and operators, by a gateway. `waiting`: links that wait, and the keys of who made them. */
export function requests({ api, admin, token, files, users, waiting }) {
  const ask = (method, path, key, body) => api.ask(method, EXTERNAL + path, key, body)
  const manage = (method, path, body) => admin.ask(method, ADMIN + path, token, body)
  const user = (at, capped = false) => {
    const ten = scattered(at, Math.floor(users / 10)) * 10
    return capped ? ten + 10 : ten + 1 + (at % 9)
  }
  const unlinked = (at) => scattered(at, files / 20 - 1) * 20 + UNLINKED[at % UNLINKED.length]
  const live = (at) => {
    for (let file = 10 + 10 * scattered(at, files / 10 - 50); ; file += 10) {
      const owner = userOf(file, users)
      if (!isCapped(owner)) return { file, owner }
    }
  }
  let fresh = 0
  const nextOf = new Map()
  /** The first page of a list, and once that is known the second. */
  const page = async (path) => {
    const next = nextOf.get(path)
    const answer = await manage('GET', next ? `${path}&after=${encodeURIComponent(next)}` : path)
    if (!next) nextOf.set(path, JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))).data.next)
  }
  const unrestrict = (key, file) => ask('POST', '/unrestrict', key, { url: urlOf(file) })
  return {
    'unrestrict, reuse': (at) => {
      const { file, owner } = live(at)
      return unrestrict(keyOf(owner), file)
    },
    'unrestrict, new link': (at) => unrestrict(keyOf(user(at)), unlinked(fresh++)),
    'unrestrict, new link, capped': (at) => unrestrict(keyOf(user(at, true)), unlinked(fresh++)),
    'poll, done': (at) => {
      const { file, owner } = live(at)
      return ask('GET', `/link/${linkOf(file)}`, keyOf(owner))
    },
    'poll, waiting': (at) => {
      const { id, key } = waiting[at % waiting.length]
      return ask('GET', `/link/${id}`, key)
    },
    'links, page': (at) => ask('GET', `/links?limit=${PAGE}`, keyOf(user(at))),
    'links, search': (at) => ask('GET', '/links?search=nothing', keyOf(user(at))),
    account: (at) => ask('GET', '/account', keyOf(user(at))),
    'hosts, grouped': (at) => ask('GET', '/hosts/grouped', keyOf(user(at))),
    [`check of ${CHECKED}`]: (at) => {
      const urls = Array.from({ length: CHECKED }, (_, url) => urlOf(unlinked(1_000 + CHECKED * at + url)))
      return ask('POST', '/check', keyOf(user(at)), { urls })
    },
    explain: (at) =>
      ask('GET', `/explain?url=${encodeURIComponent(urlOf(unlinked(500 + at)))}`, keyOf(user(at))),
    'admin: grant': (at) => manage('POST', '/users/grant', { email: emailOf(user(at)), traffic: 1 }),
    'admin: users, page': () => page(`/users?limit=${PAGE}`),
    'admin: files, page': () => page(`/files?limit=${PAGE}`),
    'admin: ledger, page': (at) =>
      manage('GET', `/ledger?email=${encodeURIComponent(emailOf(user(at)))}&limit=${PAGE}`),
    'admin: ledger check, page': () => manage('GET', '/ledger/check?limit=10'),
    'admin: block of bytes': (at) =>
      manage('POST', '/blocks', { kind: 'sha256', value: sha256Of(unlinked(5_000 + at)), reason: 'bench' }),
  }
}

/** What fetchers do, over `database`: by name, the work and how often it is measured. */
export async function fetcherWork(database, platform) {
  const clock = systemClock
  const vault = new Vault(randomBytes(32))
  const fetches = new Fetches(database, clock)
  const pool = new AccountPool(database, clock, vault)
  const schedule = new FetchSchedule(database, clock, fetches, pool, new HostBreaker(database, clock))
  const positions = new QueuePositions(database, clock)
  const fetchers = new Fetchers(database, clock)
  const health = new StoreHealth(database, clock)
  const blocks = new BlockList(database, clock)
  const stored = new StoredFiles(database, clock)
  const bytes = new StoredBytes(database, clock)
  const total = await StoredBytes.total(database)
  const config = { FILE_TTL: 14 * DAY_MS, FACTS_TTL: 30 * DAY_MS, HISTORY_TTL: 400 * DAY_MS }
  const files = new Files(database, clock, vault)
  const history = new History(database, clock)
  const log = openLog('fetcher', 'silent')
  const retention = new Retention(stored, bytes, files, history, config, log)
  const states = new HashStates(database)
  const expiry = new Expiry(
    new Links(database, clock),
    fetches,
    new AccountTrials(database, clock, vault, new AccountRegister(database, clock, vault)),
    retention,
    new Folders(database, clock, vault),
    new Documents(database, clock),
    new HostUsage(database, clock),
    new KeyUsage(database, clock),
    new HostHistory(database, clock),
    new Levels(database, clock),
    new StoreSweeps(database, clock),
    // Without a store: what it lists is not what grows here.
    { remove: async () => (await states.forgetUnneeded(), fetches.knownUploads()) },
    new Queues(undefined, fetchers, positions, new QueueRepair(database, clock), schedule, undefined),
  )
  await pool.add({ platform, label: 'one', credentials: {}, proxy: null })
  const turn = {
    ...{ platform, worker: 'bench', leaseMs: 3_600_000, maxDownloads: 1_000_000, solo: false, guarded: true },
    slots: { all: 1_000_000, least: 1 },
    account: { maxPerAccount: 1_000_000, maxConnections: 16, leaseMs: 3_600_000 },
  }
  let isPutOff = false
  const platforms = [platform, 'NitroFlare', 'OneFichier', 'Keep2share', 'MediaFire', 'Fikper']
  return {
    claim: async () => {
      if (!(await schedule.next(turn))) throw new Error('nothing to claim')
    },
    'wake-up': async () => schedule.platforms(platforms, await fetchers.slots()),
    'fetcher: heartbeat': () => fetchers.beat('bench', 8),
    'sweep: store, with room': () => health.recordRoom(1e12),
    'sweep: queues, not due': async () => {
      // Rounds may last longer than it takes to be due.
      if (!isPutOff)
        await database.query(`UPDATE platform_queue SET tend_at = 'infinity', estimate_at = 'infinity'`)
      isPutOff = true
      await positions.tend(platforms)
    },
    'sweep: queues, estimate': async () => {
      await database.query(`UPDATE platform_queue SET tend_at = '-infinity', estimate_at = '-infinity'`)
      await positions.tend(platforms)
    },
    'sweep: blocks': () => blocks.enforcePending(),
    'sweep: stored bytes': () => bytes.fold(),
    'sweep: quota, with room': () => stored.evict(total + 1_000_000_000, 100),
    'sweep: quota, exceeded': () => stored.evict(1, 1),
    ...Object.fromEntries(expiry.steps.map(([what, work]) => [`sweep: ${what}`, work])),
  }
}
