import { afterEach, describe, expect, it } from '@jest/globals'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Ready } from './greeting.js'
import type { Secrets } from './secrets.js'

/* `./obb backup` and `./obb restore` beside the real stack, as built. */

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const OBB = fileURLToPath(new URL('../../../obb', import.meta.url))
const KILL_AFTER_COMMIT = new URL('testing/kill-after-commit.mjs', import.meta.url).href
const PASSPHRASE = 'correct horse battery staple'

const running = new Set<ChildProcess>()
const homes: string[] = []

function newHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'obb-backup-'))
  homes.push(home)
  return home
}

const environment = (home: string, env: Record<string, string> = {}) => ({
  ...{ PATH: process.env['PATH'] ?? '', OBB_HOME: home, API_PORT: '0', PROXY_PORT: '0', ADMIN_PORT: '0' },
  ...env,
})

async function start(home: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [MAIN], { cwd: home, env: environment(home), stdio: 'pipe' })
  running.add(child)
  let output = ''
  const ready = new Promise<boolean>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += String(chunk)
        if (/^ready/m.test(output)) resolve(true)
      })
    }
    child.once('exit', () => resolve(false))
  })
  if (!(await ready)) throw new Error(output)
  return child
}

async function stop(child: ChildProcess): Promise<void> {
  running.delete(child)
  if (child.exitCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}

async function obb(home: string, args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [OBB, ...args], { cwd: home, env: environment(home, env) })
  child.stdin.end()
  const text = { out: '', err: '' }
  child.stdout.on('data', (chunk) => (text.out += String(chunk)))
  child.stderr.on('data', (chunk) => (text.err += String(chunk)))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...text }
}

const json = <T>(home: string, name: string) => JSON.parse(readFileSync(join(home, name), 'utf8')) as T

afterEach(async () => {
  await Promise.all([...running].map(stop))
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true })
})

describe('./obb backup and restore, of npm start', () => {
  it('move an installation with its users, keys and secrets to another directory', async () => {
    const [here, there] = [newHome(), newHome()]
    const first = await start(here)
    const file = join(here, 'obb.backup')
    const added = await obb(here, ['user', 'add', '--email', 'a@a.test', '--traffic', '1TB', '--json'])
    const { apiKey } = JSON.parse(added.out) as { apiKey: string }
    expect(await obb(here, ['backup', 'obb.backup'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('BACKUP_PASSPHRASE'),
    })
    expect(existsSync(file)).toBe(false)
    const made = await obb(here, ['backup', 'obb.backup', '--json'], { BACKUP_PASSPHRASE: PASSPHRASE })
    expect([made.err, made.code]).toEqual(['', 0])
    expect(JSON.parse(made.out)).toMatchObject({ file, hasSecrets: true, rows: { account: 2 } })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect((await obb(here, ['restore', file, '--replace', '--yes'])).err).toContain('already runs')
    await stop(first)

    const wrong = await obb(there, ['restore', file], { BACKUP_PASSPHRASE: `${PASSPHRASE}!` })
    expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('passphrase') })
    const restored = await obb(there, ['restore', file], { BACKUP_PASSPHRASE: PASSPHRASE })
    expect([restored.err, restored.code]).toEqual(['', 0])
    const [before, after] = [json<Secrets>(here, 'secrets.json'), json<Secrets>(there, 'secrets.json')]
    expect([after.secretsKey, after.adminToken, after.apiKey]).toEqual([
      before.secretsKey,
      before.adminToken,
      before.apiKey,
    ])
    expect(after.databasePassword).not.toBe(before.databasePassword)
    expect((await obb(there, ['restore', file])).err).toContain('--replace')

    await start(there)
    expect(json<Ready>(there, 'ready.json').apiKey).toBe(before.apiKey)
    const { api } = json<Ready>(there, 'ready.json')
    const account = await fetch(`${api}/api/external/v1/account`, {
      headers: { authorization: `Bearer ${apiKey}` },
    })
    expect(account.status).toBe(200)
    const check = await obb(there, ['ledger', 'check', '--json'])
    expect(JSON.parse(check.out)).toEqual({ accounts: 2, faults: [] })
  })

  it.each<[string, (home: string, file: string) => Promise<unknown>]>([
    ['the next start', (home) => start(home)],
    ['the same restore', (home, file) => obb(home, ['restore', file], { BACKUP_PASSPHRASE: PASSPHRASE })],
  ])(
    'killed between its rows and their migration, is finished by %s: with the secrets of the backup',
    async (_who, finish) => {
      const [here, there] = [newHome(), newHome()]
      const first = await start(here)
      await obb(here, ['user', 'remove', '--email', 'user@obb.local', '--yes'])
      await obb(here, ['user', 'add', '--email', 'a@a.test', '--traffic', '1TB'])
      const file = join(here, 'obb.backup')
      expect((await obb(here, ['backup', file], { BACKUP_PASSPHRASE: PASSPHRASE })).code).toBe(0)
      await stop(first)
      const killed = { BACKUP_PASSPHRASE: PASSPHRASE, NODE_OPTIONS: `--import=${KILL_AFTER_COMMIT}` }
      expect((await obb(there, ['restore', file], killed)).code).toBe(1)
      const [before, between] = [json<Secrets>(here, 'secrets.json'), json<Secrets>(there, 'secrets.json')]
      expect(between.secretsKey).not.toBe(before.secretsKey)

      await finish(there, file)
      if (running.size === 0) await start(there)
      const { secretsKey, adminToken, restoring } = json<Secrets>(there, 'secrets.json')
      expect({ secretsKey, adminToken, restoring }).toEqual({
        ...{ secretsKey: before.secretsKey, adminToken: before.adminToken, restoring: undefined },
      })
      const users = JSON.parse((await obb(there, ['user', 'list', '--json'])).out) as {
        items: { email: string; trafficLeft: number }[]
      }
      expect(users.items.map(({ email, trafficLeft }) => [email, trafficLeft])).toEqual([['a@a.test', 1e12]])
      expect((await obb(there, ['doctor'])).code).toBe(0)
    },
  )

  it('work while it is stopped, and tell the key to who has the passphrase', async () => {
    const home = newHome()
    await stop(await start(home))
    const file = join(home, 'obb.backup')
    const env = { BACKUP_PASSPHRASE: PASSPHRASE }
    expect((await obb(home, ['backup', file], env)).code).toBe(0)
    expect((await obb(home, ['backup', file], env)).err).toContain('--force')
    const shown = await obb(home, ['restore', file, '--show-secrets'], env)
    expect(shown.out).toBe(`SECRETS_KEY=${json<Secrets>(home, 'secrets.json').secretsKey}\n`)
    const other = { ...env, SECRETS_KEY: 'cd'.repeat(32) }
    expect((await obb(newHome(), ['restore', file], other)).err).toContain('--show-secrets')
    const kept = await obb(newHome(), ['restore', file, '--without-secrets'], other)
    expect([kept.code, kept.out]).toEqual([
      0,
      expect.stringContaining('set the credentials of your accounts anew'),
    ])
  })
})
