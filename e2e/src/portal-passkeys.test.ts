import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser, CDPSession, Page } from 'playwright-core'
import { CHROMIUM, axeFaults, complaintsOf, makeOperator, openBrowser, overflow } from './browser.js'
import { Installation } from './installation.js'

const SETUP_CODE = 'ABCD-EFGH-JKMN'
const OPERATOR = { email: 'boss@example.test', password: 'correct horse battery' }
const STEP_MS = 30_000
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

const withBrowser = CHROMIUM === undefined ? describe.skip : describe
if (CHROMIUM === undefined) console.warn('SKIPPED: ways to sign in need a Chromium, and there is none')

/* Somebody whose browser has a device with passkeys, and whose phone shows codes. */
withBrowser('signing in to the portal', () => {
  let obb: Installation
  let browser: Browser
  let page: Page
  let device: CDPSession
  let complaints: string[]
  /** By its name: browsers have no passkeys at an IP address. */
  let portal: string
  let secret: string
  let recoveryCode: string

  beforeAll(async () => {
    obb = await Installation.start('embedded', { SETUP_CODE })
    portal = obb.api.replace('127.0.0.1', 'localhost')
    browser = await openBrowser()
    const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' })
    page = await context.newPage()
    page.setDefaultTimeout(15_000)
    complaints = complaintsOf(page)
    await page.addInitScript(
      `if (sessionStorage.getItem('offers') === 'none')
         PublicKeyCredential.isConditionalMediationAvailable = async () => false`,
    )
    device = await context.newCDPSession(page)
    await device.send('WebAuthn.enable')
    await makeOperator(page, { url: portal, code: SETUP_CODE, ...OPERATOR })
  })
  afterAll(async () => {
    await browser?.close()
    await obb?.close()
  })

  /** What the phone shows (RFC 6238) by the installation's clock. */
  const codeNow = () => {
    const counter = Buffer.alloc(8)
    counter.writeBigUInt64BE(BigInt(Math.floor(obb.clock.now() / STEP_MS)))
    const bits = [...secret].map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0')).join('')
    const key = Buffer.from(bits.match(/.{8}/g)?.map((byte) => parseInt(byte, 2)) ?? [])
    const mac = createHmac('sha1', key).update(counter).digest()
    const number = mac.readUInt32BE((mac.at(-1) ?? 0) & 15) & 0x7f_ff_ff_ff
    return String(number % 1_000_000).padStart(6, '0')
  }
  /** A device whose owner is there and agrees to everything, also to what the browser offers. */
  const plugIn = async () =>
    device.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        ...{ hasResidentKey: true, hasUserVerification: true, isUserVerified: true },
        automaticPresenceSimulation: true,
      },
    })
  const open = async (tab: string) => {
    await page.goto(`${portal}/profile?tab=${tab}`)
    await page.getByRole('heading', { name: 'Profile', exact: true }).waitFor()
  }
  const signOut = async () => {
    await page.getByRole('button', { name: 'Account' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
  }
  /** By the button, as in a browser that offers none by itself. */
  const signInByPasskey = async () => {
    await page.evaluate("sessionStorage.setItem('offers', 'none')")
    await signOut()
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  }
  const signInByPassword = async () => {
    await page.getByRole('textbox', { name: 'E-mail' }).fill(OPERATOR.email)
    await page.getByLabel(/^Password/).fill(OPERATOR.password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  }

  it('says where passkeys do not work, and that no device has one yet', async () => {
    const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' })
    const other = await context.newPage()
    await other.goto(`${obb.api}/signin`)
    await other.getByRole('textbox', { name: 'E-mail' }).fill(OPERATOR.email)
    expect(await other.getByRole('button', { name: 'passkey' }).count()).toBe(0)
    await other.getByLabel(/^Password/).fill(OPERATOR.password)
    await other.keyboard.press('Enter')
    await other.getByRole('heading', { name: 'Add links', exact: true }).waitFor()
    await other.goto(`${obb.api}/profile?tab=passkeys`)
    await other.getByText(`This page was opened at ${obb.api}.`).waitFor()
    expect(await axeFaults(other)).toEqual([])
    await context.close()
  })

  it('goes by a passkey: made in the profile, used at the next sign-in', async () => {
    await plugIn()
    await open('passkeys')
    await page.getByText('No passkeys yet').waitFor()
    await page.getByRole('button', { name: 'New passkey' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('Desk')
    await page.getByRole('textbox', { name: 'Current password' }).fill('not the password')
    await page.getByRole('button', { name: 'Make the passkey' }).click()
    await page.getByText('The current password is wrong.').waitFor()
    expect(await axeFaults(page)).toEqual([])
    await page.getByRole('textbox', { name: 'Current password' }).fill(OPERATOR.password)
    await page.getByRole('button', { name: 'Make the passkey' }).click()
    await page.getByText('Desk').waitFor()
    expect(await overflow(page)).toBe(0)
    expect(await axeFaults(page)).toEqual([])
    await signInByPasskey()
    await page.getByRole('heading', { name: 'Add links', exact: true }).waitFor()
    await page.evaluate("sessionStorage.removeItem('offers')")
  })

  it('goes by a passkey that the browser offers beside the e-mail', async () => {
    await open('passkeys')
    await signOut()
    await page.getByRole('heading', { name: 'Add links', exact: true }).waitFor()
  })

  it('takes a passkey in place of the password, to remove it', async () => {
    await open('passkeys')
    await page.getByRole('button', { name: 'Rename' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('Old desk')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Old desk').waitFor()
    await page.getByRole('button', { name: 'Remove' }).click()
    await page.getByRole('button', { name: 'Use a passkey instead' }).click()
    await page.getByText('No passkeys yet').waitFor()
    await signInByPasskey()
    await page.getByText('This passkey was not accepted.').waitFor()
    await signInByPassword()
    await page.getByRole('heading', { name: 'Add links', exact: true }).waitFor()
  })

  it('asks for a code once the second factor is on, and takes it', async () => {
    await open('password')
    const section = page.getByRole('heading', { name: 'Second factor', exact: true }).locator('..')
    await section.getByRole('textbox', { name: 'Current password' }).fill(OPERATOR.password)
    await section.getByRole('button', { name: 'Set it up' }).click()
    await section.getByRole('img', { name: 'QR code with the key' }).waitFor()
    expect(await axeFaults(page)).toEqual([])
    secret = await section.locator('pre').innerText()
    await section.getByRole('textbox', { name: 'Code' }).fill(codeNow())
    await section.getByRole('button', { name: 'Turn it on' }).click()
    await section.getByText('Keep these recovery codes').waitFor()
    expect(await axeFaults(page)).toEqual([])
    recoveryCode = (await section.locator('pre').innerText()).split('\n')[0] ?? ''
    await obb.pass(STEP_MS)
    await signOut()
    await signInByPassword()
    await page.getByRole('textbox', { name: 'Code' }).fill('000000')
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByText('The code is wrong or was used already').waitFor()
    expect(await axeFaults(page)).toEqual([])
    await page.getByRole('textbox', { name: 'Code' }).fill(codeNow())
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByRole('heading', { name: 'Add links', exact: true }).waitFor()
  })

  it('takes a recovery code in its place', async () => {
    await signOut()
    await signInByPassword()
    await page.getByRole('textbox', { name: 'Code' }).fill(recoveryCode)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByRole('heading', { name: 'Add links', exact: true }).waitFor()
  })

  it('leaves nothing in the console', () => {
    expect(complaints).toEqual([])
  })
})
