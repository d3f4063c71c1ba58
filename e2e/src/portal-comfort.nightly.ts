import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { CHROMIUM, axeFaults, makeOperator, openBrowser, overflow } from './browser.js'
import { Installation } from './installation.js'

const SETUP_CODE = 'ABCD-EFGH-JKMN'
const OPERATOR = { email: 'boss@example.test', password: 'correct horse battery' }
/** A window of 1280 × 800 at 200 %: as many px of the page. */
const ZOOMED = { width: 640, height: 400 }
const PAGES = [
  ...['/', '/downloads', '/files', '/traffic', '/hosts?host=RapidGator', '/connect', '/try', '/profile'],
  ...['/admin', '/admin/users', '/admin/hosts?host=RapidGator', '/admin/settings'],
]
/** Presses of Tab that reach the middle of any page. */
const TABS = 25

const withBrowser = CHROMIUM === undefined ? describe.skip : describe
if (CHROMIUM === undefined) console.warn('SKIPPED: zoom, motion and focus need a Chromium, and there is none')

/* Who needs it larger, calmer, or has no mouse. */
withBrowser('the portal is comfortable', () => {
  let obb: Installation
  let browser: Browser
  let context: BrowserContext
  let page: Page

  beforeAll(async () => {
    obb = await Installation.start('embedded', { SETUP_CODE })
    browser = await openBrowser()
    context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' })
    page = await context.newPage()
    page.setDefaultTimeout(15_000)
    await makeOperator(page, { url: obb.api, code: SETUP_CODE, ...OPERATOR })
  })
  afterAll(async () => {
    await browser?.close()
    await obb?.close()
  })

  const open = async (path: string) => {
    await page.goto(obb.api + path)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.waitForLoadState('networkidle').catch(() => undefined)
  }

  it('at 200 %: no page is wider than its window, and its navigation opens and leads on', async () => {
    await page.setViewportSize(ZOOMED)
    const wide: [string, number][] = []
    for (const path of PAGES) {
      await open(path)
      wide.push([path, await overflow(page)])
    }
    expect(wide).toEqual(PAGES.map((path) => [path, 0]))
    await open('/files')
    await page.getByRole('button', { name: 'Navigation' }).click()
    await page.getByRole('link', { name: 'Profile' }).click()
    await page.getByRole('heading', { name: 'Profile', level: 1 }).waitFor()
    expect(await axeFaults(page)).toEqual([])
    await page.setViewportSize({ width: 1280, height: 800 })
  })

  it('where motion is unwanted: nothing moves by itself or slides in', async () => {
    const moving: unknown[] = []
    for (const path of PAGES) {
      await open(path)
      moving.push(...(await page.evaluate<unknown[]>(MOVING)).map((name) => [path, name]))
    }
    expect(moving).toEqual([])
  })

  it('without a mouse: what has the focus is seen, on every page, and in sight', async () => {
    const hidden: unknown[] = []
    for (const path of ['/', '/downloads', '/traffic', '/hosts', '/profile', '/admin/settings']) {
      await open(path)
      for (let press = 0; press < TABS; press++) {
        await page.keyboard.press('Tab')
        const fault = await page.evaluate<string | null>(FOCUS_FAULT)
        if (fault !== null) hidden.push([path, fault])
      }
    }
    expect(hidden).toEqual([])
  })
})

/** Animations that go on for longer than one sees, by their elements. */
const MOVING = `document.getAnimations()
  .filter((animation) => animation.playState === 'running' && animation.effect.getComputedTiming().activeDuration > 100)
  .map((animation) => animation.effect.target?.outerHTML.slice(0, 120))`

/** What is wrong with how the element in focus is shown, once it is drawn; null: it has an outline, or another border, and is in sight. */
const FOCUS_FAULT = `new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))).then(() => {
  const element = document.activeElement
  if (!element || element === document.body) return null
  const name = element.outerHTML.slice(0, 160)
  const marked = [element, element.parentElement, element.nextElementSibling].filter(Boolean).some((each) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(each)
    return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1
  })
  const fields = 'input, textarea, select'
  const borderOf = (each) => getComputedStyle(each.matches(fields) ? each : each.querySelector(fields)).borderColor
  const plainBorder = () => {
    const copy = element.parentElement.cloneNode(true)
    document.body.append(copy)
    const border = borderOf(copy)
    copy.remove()
    return border
  }
  if (!marked && !(element.matches(fields) && borderOf(element) !== plainBorder())) return 'no mark: ' + name
  const { top, bottom, left, right } = element.getBoundingClientRect()
  const isInSight = bottom > 0 && top < innerHeight && right > 0 && left < innerWidth
  return isInSight ? null : 'out of sight: ' + name
})`
