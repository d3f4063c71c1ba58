import { join } from 'node:path'
import { PAGES } from './pages.mjs'

const KINDS = {
  light: { colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  dark: { colorScheme: 'dark', viewport: { width: 1280, height: 800 } },
  phone: { colorScheme: 'light', viewport: { width: 360, height: 740 }, hasTouch: true },
}
/** Words that a page shows of a link that is gone, by which it is seen to be answered. */
const LANGUAGES = {
  en: { locale: 'en-GB', timezoneId: 'Europe/Berlin', offline: 'This file is offline or does not exist.' },
  'zh-TW': { locale: 'zh-TW', timezoneId: 'Asia/Taipei', offline: '此檔案已離線或不存在。' },
}
/** On a phone the window grows with the page up to this, so that what lies on its edges is shown there once, px. */
const MAX_HEIGHT = 2_000
const SETTLE_MS = 400

/** Pages of an installation as files. */
export class Gallery {
  taken = 0
  complaints = []

  /** `names`: beginnings of the names of pages; all pages if there are none. */
  constructor(browser, api, directory, names) {
    Object.assign(this, { browser, api, directory })
    this.pages = PAGES.filter(({ name }) => names.length === 0 || names.some((each) => name.startsWith(each)))
  }

  /** The pages of these kinds of people, in every look. `cookies`: by who it is. */
  async take(people, sample, cookies) {
    for (const as of people)
      for (const [language, { offline, ...place }] of Object.entries(LANGUAGES))
        for (const kind of Object.keys(KINDS)) {
          const pages = this.pages.filter((page) => page.as === as)
          const options = { ...KINDS[kind], ...place, reducedMotion: 'reduce' }
          await this.#takeAll(pages, options, cookies[as], `${kind}-${language}`, {
            ...sample,
            language,
            offline,
          })
        }
  }

  async #takeAll(pages, options, cookie, look, sample) {
    const context = await this.browser.newContext(options)
    try {
      if (cookie !== undefined) {
        const [name, value] = cookie.split('=')
        await context.addCookies([{ name, value, url: this.api }])
      }
      const page = await context.newPage()
      page.setDefaultTimeout(20_000)
      page.on('pageerror', (error) => this.complaints.push(`${look}: ${error}`))
      for (const each of pages) await this.#takeOne(page, each, look, sample)
    } finally {
      await context.close()
    }
  }

  async #takeOne(page, { name, path, act }, look, sample) {
    try {
      await page.goto(this.api + (typeof path === 'function' ? path(sample) : path))
      await page.locator('h1, h2').first().waitFor()
      await page.locator('main .mantine-Loader-root').first().waitFor({ state: 'hidden' })
      await act?.(page, sample)
      await page.waitForTimeout(SETTLE_MS)
    } catch (error) {
      this.complaints.push(`${name}-${look}: ${error.message.split('\n')[0]}`)
    }
    const size = page.viewportSize()
    if (look.startsWith('phone')) {
      const height = await page.evaluate('document.documentElement.scrollHeight')
      await page.setViewportSize({ ...size, height: Math.min(height, MAX_HEIGHT) })
      await page.waitForTimeout(SETTLE_MS)
    }
    await page.screenshot({ path: join(this.directory, `${name}-${look}.png`) })
    await page.setViewportSize(size)
    this.taken += 1
  }
}
