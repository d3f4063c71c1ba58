import { AxeBuilder } from '@axe-core/playwright'
import { describe, it } from '@jest/globals'
import { CHROMIUM, CHROMIUM_ARGS } from '@obb/testing/chromium'
import { redisAvailable } from '@obb/testing/redis'
import { type Browser, type Page, chromium } from 'playwright-core'
import type { Stores } from './installation.js'

export { CHROMIUM }

/** How long pictures may take to follow the size of their window, ms. */
const SETTLES_MS = 10_000

/** A suite of people with a browser, to be described over either set of stores; skipped where a part is not installed. */
export function inBrowser(title: string, suite: (stores: Stores) => void): (stores: Stores) => void {
  return (stores) => {
    const missing = [
      ...(CHROMIUM === undefined ? ['chromium'] : []),
      ...(stores === 'production' && !redisAvailable() ? ['redis-server'] : []),
    ]
    const name = `${title}, over ${stores} stores`
    if (missing.length === 0) describe(name, () => suite(stores))
    else describe.skip(`${name} (not installed: ${missing.join(', ')})`, () => it('runs', () => undefined))
  }
}

export function openBrowser(): Promise<Browser> {
  if (CHROMIUM === undefined) throw new Error('there is no Chromium on this machine')
  return chromium.launch({ executablePath: CHROMIUM, args: [...CHROMIUM_ARGS] })
}

/** Everything that a page complains of: scripts that fail, and what its policy refuses. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    const text = message.text()
    // A call that was refused is the server's answer, which the page shows.
    if (message.type() === 'error' && !text.startsWith('Failed to load resource')) complaints.push(text)
  })
  return complaints
}

/** What axe finds wrong with a page, of any weight: the rule and the elements. */
export async function axeFaults(page: Page, rules?: readonly string[]): Promise<string[]> {
  // Of one frame: nothing to bring together on a page of its own, which takes as long as the look itself.
  const axe = new AxeBuilder({ page }).setLegacyMode()
  const { violations } = await (rules ? axe.withRules([...rules]) : axe).analyze()
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
  )
}

/** Rules of axe that colours can break. */
const OF_COLOURS = ['color-contrast', 'link-in-text-block']

/** What axe finds wrong with pages: each with all rules in light, and with those of colours once it is dark. */
export async function axeFaultsOf(
  page: Page,
  paths: readonly string[],
  open: (path: string) => Promise<void>,
): Promise<string[]> {
  const faults: string[] = []
  for (const path of paths) {
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
    await open(path)
    faults.push(...(await axeFaults(page)).map((fault) => `${path}, light: ${fault}`))
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
    await page.locator('html[data-mantine-color-scheme="dark"]').waitFor()
    faults.push(...(await axeFaults(page, OF_COLOURS)).map((fault) => `${path}, dark: ${fault}`))
  }
  return faults
}

/** By how many pixels a page is wider than its window, once it has had time to take its size. */
export async function overflow(page: Page): Promise<number> {
  const surplus = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
  await page.waitForFunction(`${surplus} <= 0`, undefined, { timeout: SETTLES_MS }).catch(() => undefined)
  return page.evaluate<number>(surplus)
}

/** Makes the first operator of a server by the page that a fresh one shows. Afterwards its set-up goes on. */
export async function makeOperator(
  page: Page,
  { url, code, email, password }: { url: string; code: string; email: string; password: string },
): Promise<void> {
  await page.goto(url)
  await page.getByRole('textbox', { name: 'Set-up code' }).fill(code)
  await page.getByRole('textbox', { name: 'E-mail' }).fill(email)
  await page.getByLabel(/^Password/).fill(password)
  await page.getByRole('button', { name: 'Set up and sign in' }).click()
  await page.getByRole('heading', { name: /^6\. First file/ }).waitFor()
}
