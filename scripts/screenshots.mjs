/*
 * npm run screenshots [directory] [name …]: every page of the portal (scripts/screenshots/pages.mjs) of an installation
 * on a temporary directory with sample data, light, dark and on a phone, in both languages, as
 * `<page>-<light|dark|phone>-<language>.png` in docs/screenshots. With names: the pages whose names begin so.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { fill } from './screenshots/sample.mjs'
import { Gallery } from './screenshots/gallery.mjs'
import { root, say, setUp, StepFailed } from './setup.mjs'

const START_LIMIT_MS = 120_000

const built = (folder, name) => import(pathToFileURL(join(root, folder, 'dist', name)).href)

/** The stack on a home of its own; `ready` is its ready.json, with the address that browsers have passkeys at. */
async function startStack(home) {
  const { freePort } = await built('packages/testing', 'guarded/index.js')
  const port = await freePort()
  const api = `http://localhost:${port}`
  const child = spawn(process.execPath, [join(root, 'apps', 'stack', 'dist', 'main.js')], {
    cwd: home, // no .env of this machine is read there
    env: {
      ...{ PATH: process.env.PATH, HOME: process.env.HOME, OBB_HOME: home },
      ...{ API_PORT: String(port), PROXY_PORT: '0', ADMIN_PORT: '0', API_WORKERS: '1' },
      // Pages look otherwise without; no mail is sent.
      ...{ PUBLIC_API_URL: api, SMTP_URL: 'smtp://127.0.0.1:9', MAIL_FROM: 'obb@example.test' },
      // Nothing but the stand-ins on this machine is asked.
      FETCH_ALLOW_NETWORKS: '127.0.0.0/8',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = new Promise((done) => child.once('exit', done))
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
  }
  const path = join(home, 'ready.json')
  const deadline = Date.now() + START_LIMIT_MS
  while (!existsSync(path)) {
    const isOver = await Promise.race([ended.then(() => true), new Promise((done) => setTimeout(done, 100))])
    if (isOver || Date.now() > deadline) {
      await stop()
      throw new StepFailed('The start of OBB', 1)
    }
  }
  return { ready: { ...JSON.parse(readFileSync(path, 'utf8')), api }, stop }
}

/** Its database as its owner. */
async function openDatabase(home) {
  const { openToRead } = await built('apps/stack', 'owner-database.js')
  const { openDatabase: open } = await built('packages/core', 'database/index.js')
  const { url } = await openToRead({ OBB_HOME: home })
  return open(url, { pool: 2 })
}

export async function main([directory = join('docs', 'screenshots'), ...names]) {
  await setUp()
  const { CHROMIUM: executablePath, CHROMIUM_ARGS: args } = await built(
    'packages/testing',
    'chromium/index.js',
  )
  if (executablePath === undefined) {
    process.stderr.write(
      `No screenshots: there is no Chromium here (apt-get install chromium fonts-noto-cjk).\n`,
    )
    return 1
  }
  const target = resolve(root, directory)
  mkdirSync(target, { recursive: true })
  const home = mkdtempSync(join(tmpdir(), 'obb-screenshots-'))
  const closing = [() => rmSync(home, { recursive: true, force: true })]
  try {
    const { ready, stop } = await startStack(home)
    closing.push(stop)
    const { chromium: playwright } = createRequire(join(root, 'e2e', 'package.json'))('playwright-core')
    const browser = await playwright.launch({
      executablePath,
      args,
      env: { ...process.env, FONTCONFIG_FILE: join(root, 'scripts', 'screenshots', 'fonts.conf') },
    })
    closing.push(() => browser.close())
    const gallery = new Gallery(browser, ready.api, target, names)
    await gallery.take(['fresh'], {}, {})

    say('Sample data …')
    const database = await openDatabase(home)
    closing.push(() => database.destroy())
    const { sample, cookies, close } = await fill(
      ready,
      database,
      await built('packages/host-adapters', 'testing.js'),
    )
    closing.push(close)
    await gallery.take(['nobody', 'user', 'operator'], sample, cookies)
    say(`${gallery.taken} screenshots in ${target}`)
    for (const complaint of gallery.complaints) process.stderr.write(`${complaint}\n`)
    return gallery.complaints.length === 0 ? 0 : 1
  } finally {
    for (const close of closing.toReversed()) await close()
  }
}
