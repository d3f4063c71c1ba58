/*
 * npm run bench:portal: whether Downloads stays smooth with a thousand rows that move. A real gateway and PostgreSQL, a
 * user with a thousand links under way, all of them read into the list, and real changes of their files in the
 * database, which the gateway finds and tells as events: 200 a second, of which one in twenty moves a link from one list
 * to the other. Chromium is watched from inside (long tasks, frames in which rows change) and by its debugger (heap after
 * a collection of garbage, CPU of the page's thread).
 *
 *   --minutes N   how long; 1
 *   --judge LIST  of events, tasks, paints and heap, apart by commas; all of them. What is not judged is told all the same
 *
 * Budget: no task over 50 ms, rows painted four times a second at most, a heap that does not grow. A quarter of the time
 * somebody scrolls: then rows are painted as often as that needs, and tasks count all the same. What else runs on the
 * machine is in it, so ten seconds without a change are told beside it, and the CPU that the page itself took.
 */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { migrate } from '@obb/core/database'
import { startPostgres } from '@obb/embedded-postgres'
import { median, say } from './lib/figures.mjs'
import { startApi } from './lib/gateway.mjs'
import { openLinks, startChanges } from './lib/portal-data.mjs'
import { PortalPage } from './lib/portal-page.mjs'

const ROWS = 1_000
const EVENTS_PER_SECOND = 200
const IDLE_SECONDS = 10
const STILL_SECONDS = 9
const SCROLL_SECONDS = 3

const MAX_TASK_MS = 50
const MAX_PAINTS_PER_SECOND = 4
const MAX_GROWTH = 1.1
/** Fewer events than that were not those that are promised, and say nothing. */
const LEAST_EVENTS = 0.9

const JUDGED = ['events', 'tasks', 'paints', 'heap']

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    judge: { type: 'string', default: JUDGED.join(',') },
  },
})
const SECONDS = Number(values.minutes) * 60
if (!(SECONDS > 0)) throw new Error('--minutes takes a number above 0')
const judged = values.judge.split(',')
if (!judged.every((each) => JUDGED.includes(each))) throw new Error(`--judge takes ${JUDGED.join(', ')}`)

const home = mkdtempSync(join(tmpdir(), 'obb-bench-'))
const setUpCode = randomBytes(9).toString('hex')
const server = await startPostgres({
  directory: join(home, 'postgres'),
  password: randomBytes(12).toString('hex'),
})
let gateway
let page
try {
  await migrate(server.url())
  gateway = await startApi(server.url(), {
    ...{ OBB_HOME: home, SECRETS_KEY: '00'.repeat(32), RATE_LIMIT: '0', SETUP_CODE: setUpCode },
    PUBLIC_PROXY_URL: 'http://127.0.0.1:9',
  })
  page = await PortalPage.open(gateway.url)
  const email = await page.setUp(setUpCode)
  const links = await openLinks(server.url(), { email, count: ROWS })
  await page.openDownloads(ROWS)
  report(await measure(links))
  await links.close()
} finally {
  await page?.close()
  gateway?.child.removeAllListeners('exit').kill('SIGTERM')
  if (gateway) await once(gateway.child, 'exit')
  await server.stop()
  rmSync(home, { recursive: true, force: true })
}

async function measure(links) {
  await page.collectGarbage()
  const idle = await page.watch(() => sleep(IDLE_SECONDS * 1000))
  const changes = startChanges(links, EVENTS_PER_SECOND)
  await sleep(5_000) // what runs often is compiled, lists have their size
  const heaps = [await page.collectGarbage()]
  const still = []
  const scrolled = []
  const end = performance.now() + SECONDS * 1000
  while (performance.now() < end) {
    still.push(await page.watch(() => sleep(STILL_SECONDS * 1000)))
    scrolled.push(await page.watch(() => page.scroll(SCROLL_SECONDS * 1000)))
    heaps.push(await page.collectGarbage())
  }
  await changes.stop()
  return { idle, still, scrolled, heaps }
}

function report({ idle, still, scrolled, heaps }) {
  const all = [...still, ...scrolled]
  const seconds = sum(all, (each) => each.seconds)
  const tasks = all.flatMap((each) => each.tasks)
  const worst = Math.max(0, ...tasks)
  const paints = Math.max(...still.map((each) => each.mostPaintsPerSecond))
  const events = sum(all, (each) => each.events) / seconds
  const ends = Math.max(1, Math.floor(heaps.length / 4))
  const [before, after] = [median(heaps.slice(0, ends)), median(heaps.slice(-ends))]
  const cpu = (which) =>
    `${((100 * sum(which, (each) => each.cpuMs)) / sum(which, (each) => each.seconds) / 1000).toFixed(1)} %`
  say(`Node ${process.version}, Chromium ${page.version}; ${ROWS} rows, ${seconds.toFixed(0)} s\n`)
  say(`events a second                 ${events.toFixed(0)}`)
  say(`tasks over ${MAX_TASK_MS} ms                ${tasks.length}, the longest ${worst.toFixed(0)} ms`)
  say(
    `  without events, ${IDLE_SECONDS} s          ${idle.tasks.length}, the longest ${Math.max(0, ...idle.tasks).toFixed(0)} ms`,
  )
  say(`paints of rows, most a second   ${paints}`)
  say(
    `CPU of the page's thread        ${cpu(still)}; scrolling ${cpu(scrolled)}; without events ${cpu([idle])}`,
  )
  say(`heap after garbage, MB          ${mb(before)} → ${mb(after)} (${heaps.map(mb).join(' ')})`)
  const missed = [
    ['events', events < LEAST_EVENTS * EVENTS_PER_SECOND, `${events.toFixed(0)} events a second`],
    ['tasks', worst > MAX_TASK_MS, `a task of ${worst.toFixed(0)} ms`],
    ['paints', paints > MAX_PAINTS_PER_SECOND, `${paints} paints in a second`],
    ['heap', after > MAX_GROWTH * before, `a heap that grew ${(after / before).toFixed(2)} ×`],
  ].flatMap(([name, isMissed, what]) => (isMissed && judged.includes(name) ? [what] : []))
  say(missed.length === 0 ? '\nWithin the budget.' : `\nNot reached: ${missed.join('; ')}`)
  if (missed.length > 0) process.exitCode = 1
}

function sum(list, of) {
  return list.reduce((total, each) => total + of(each), 0)
}

function mb(bytes) {
  return (bytes / 1e6).toFixed(1)
}
