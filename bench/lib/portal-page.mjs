/* Downloads in Chromium, watched from inside the page and by the debugger. */
import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import { CHROMIUM, CHROMIUM_ARGS } from '@obb/testing/chromium'

/** The browser's driver is the end-to-end tests' own. */
const { chromium } = createRequire(new URL('../../e2e/package.json', import.meta.url))('playwright-core')

const PERSON = { email: 'bench@example.test', password: 'correct horse battery' }
const STEP_PX = 300
const STEP_MS = 150
/** All rows are there, or the list is not read to its end, ms. */
const READ_MS = 60_000

/** Runs in the page before anything of it: what happens there, at which time of the page. */
const WATCH = `
  globalThis.seen = { tasks: [], paints: [], events: 0 }
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) seen.tasks.push([startTime, duration])
  }).observe({ type: 'longtask', buffered: true })
  let frame
  new MutationObserver((records) => {
    if (frame || !records.some(({ target }) => (target.closest ? target : target.parentElement)?.closest('[role=rowgroup]'))) return
    frame = requestAnimationFrame((now) => {
      frame = undefined
      seen.paints.push(now)
    })
  }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true })
  globalThis.EventSource = class extends EventSource {
    constructor(url) {
      super(url)
      this.addEventListener('link', () => seen.events++)
    }
  }`

export class PortalPage {
  static async open(url) {
    if (CHROMIUM === undefined) throw new Error('bench:portal needs Chromium: apt-get install chromium')
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: [...CHROMIUM_ARGS] })
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, locale: 'en-GB' })
    await page.addInitScript(WATCH)
    const debugging = await page.context().newCDPSession(page)
    await debugging.send('Performance.enable', { timeDomain: 'threadTicks' })
    return Object.assign(new PortalPage(), { browser, debugging, page, url, version: browser.version() })
  }

  /** Makes the first account, and is signed in as it; its e-mail. */
  async setUp(code) {
    const { page } = this
    await page.goto(this.url)
    await page.getByLabel('Set-up code').fill(code)
    await page.getByLabel('E-mail').fill(PERSON.email)
    await page.getByLabel(/^Password/).fill(PERSON.password)
    await page.getByRole('button', { name: 'Set up and sign in' }).click()
    await page.getByRole('heading', { name: /^6\. First file/ }).waitFor()
    return PERSON.email
  }

  /** Opens the list and reads it to its end: so many rows. */
  async openDownloads(rows) {
    const { page } = this
    await page.goto(`${this.url}/downloads`)
    const table = page.getByRole('table', { name: 'Downloads' })
    await table.waitFor()
    const end = performance.now() + READ_MS
    for (;;) {
      const shown = Number(await table.getAttribute('aria-rowcount')) - 1
      if (shown === rows) break
      if (performance.now() > end) throw new Error(`the list has ${shown} rows in place of ${rows}`)
      await page.evaluate('scrollTo(0, document.body.scrollHeight)')
      await sleep(100)
    }
    await page.evaluate('scrollTo(0, document.body.scrollHeight / 3)')
    await sleep(1_000)
  }

  /** What the page did while that went on: tasks of 50 ms and more, ms; paints; events; CPU. */
  async watch(work) {
    const begun = await this.page.evaluate(
      '(Object.assign(seen, { tasks: [], paints: [], events: 0 }), performance.now())',
    )
    const cpuBefore = await this.cpuMs()
    await work()
    const cpuMs = (await this.cpuMs()) - cpuBefore
    const { now, seen } = await this.page.evaluate('({ now: performance.now(), seen })')
    return {
      seconds: (now - begun) / 1000,
      tasks: seen.tasks.flatMap(([from, ms]) => (from >= begun ? [ms] : [])),
      mostPaintsPerSecond: mostPerSecond(seen.paints),
      events: seen.events,
      cpuMs,
    }
  }

  /** Goes up and down as one does with a wheel. */
  async scroll(ms) {
    const end = performance.now() + ms
    await this.page.mouse.move(600, 500)
    for (let step = 0; performance.now() < end; step++) {
      await this.page.mouse.wheel(0, step % 10 < 5 ? STEP_PX : -STEP_PX)
      await sleep(STEP_MS)
    }
  }

  /** Bytes of the heap that are in use, without garbage. It takes the page's time, so nobody watches meanwhile. */
  async collectGarbage() {
    for (let time = 0; time < 2; time++) await this.debugging.send('HeapProfiler.collectGarbage')
    const { usedSize } = await this.debugging.send('Runtime.getHeapUsage')
    await sleep(500)
    return usedSize
  }

  /** Of the page's thread, so far. */
  async cpuMs() {
    const { metrics } = await this.debugging.send('Performance.getMetrics')
    return 1000 * metrics.find(({ name }) => name === 'TaskDuration').value
  }

  close() {
    return this.browser.close()
  }
}

/** Most of these times, ms, that lie within one second. */
function mostPerSecond(times) {
  let [first, most] = [0, 0]
  for (const [last, time] of times.entries()) {
    while (time - times[first] >= 1000) first++
    most = Math.max(most, last - first + 1)
  }
  return most
}
