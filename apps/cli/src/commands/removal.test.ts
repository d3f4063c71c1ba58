import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../main.js'
import { type TestIo, testIo } from '../testing/test-io.js'
import { TestServer, ok, sendJson } from '../testing/test-server.js'

const USER = 'user@obb.local'
const TOKEN = 'admin-token'

let server: TestServer
let home: string
let io: TestIo
let data: unknown

beforeEach(async () => {
  server = await TestServer.start((_request, response) => sendJson(response, 200, ok(data)))
  home = mkdtempSync(join(tmpdir(), 'obb-removal-'))
  io = testIo(home, { OBB_HOME: home })
  keep('ready.json', {
    api: 'a',
    admin: server.url,
    proxy: 'p',
    apiKey: 'old',
    user: USER,
    adminToken: TOKEN,
  })
  keep('secrets.json', { secretsKey: 's', apiKey: 'old', other: 1 })
})
afterEach(async () => {
  await server.close()
  rmSync(home, { recursive: true })
})

function keep(name: string, value: object): void {
  writeFileSync(join(home, name), JSON.stringify(value))
}
const kept = (name: string): Record<string, unknown> => JSON.parse(readFileSync(join(home, name), 'utf8'))

describe('what cannot be taken back', () => {
  const COMMANDS = [
    ['account', 'remove', 'h1'],
    ['file', 'remove', 'f1'],
    ['user', 'remove', '--email', 'a@example.org'],
  ]

  it.each(COMMANDS)('%s %s asks for --yes where nobody can be asked', async (...args) => {
    expect(await run(args, io)).toBe(2)
    expect(io.stderr.text).toContain('--yes')
    expect(server.requests).toEqual([])
  })

  it.each([
    ['y\n', 0, 1],
    ['Yes\n', 0, 1],
    ['n\n', 1, 0],
    ['\n', 1, 0],
    ['', 1, 0],
  ])('is asked on a terminal: %j ends with %d', async (input, code, requests) => {
    data = { id: 'h1', removed: true }
    io = testIo(home, { OBB_HOME: home }, input)
    Object.assign(io.stdin, { isTTY: true })
    expect(await run(['account', 'remove', 'h1'], io)).toBe(code)
    expect(io.stderr.text).toContain('remove the account h1?')
    expect(server.requests).toHaveLength(requests)
  })

  it('is no failure the second time', async () => {
    data = { id: 'h1', removed: false }
    expect(await run(['account', 'remove', 'h1', '--yes'], io)).toBe(0)
    expect(io.stdout.text).toBe('there is no account h1\n')
    data = { email: 'a@example.org', removed: false, id: null }
    expect(await run(['user', 'remove', '--email', 'A@example.org', '--yes', '--json'], io)).toBe(0)
    expect(server.requests[1]?.path).toContain('/users?email=a%40example.org')
  })
})

describe('the key of the first user', () => {
  const rotate = (email: string, ...more: string[]) => run(['key', 'rotate', '--email', email, ...more], io)

  beforeEach(() => {
    data = { apiKey: 'new' }
  })

  it('is kept beside the server when it is rotated, for its owner only, and nothing else changes', async () => {
    expect(await rotate(USER)).toBe(0)
    expect(io.stdout.text).toBe('new\n')
    expect(kept('ready.json')).toEqual({
      api: 'a',
      admin: server.url,
      proxy: 'p',
      apiKey: 'new',
      user: USER,
      adminToken: TOKEN,
    })
    expect(kept('secrets.json')).toEqual({ secretsKey: 's', apiKey: 'new', other: 1 })
    for (const name of ['ready.json', 'secrets.json']) {
      expect(statSync(join(home, name)).mode & 0o777).toBe(0o600)
    }
  })

  it('is forgotten with the user', async () => {
    data = { email: USER, removed: true, id: 'u1' }
    expect(await run(['user', 'remove', '--email', USER, '--yes'], io)).toBe(0)
    expect([kept('ready.json')['apiKey'], kept('secrets.json')['apiKey']]).toEqual(['', ''])
  })

  it('stays when another user’s is rotated, or that of another server', async () => {
    expect(await rotate('a@example.org')).toBe(0)
    const elsewhere = await TestServer.start((_request, response) => sendJson(response, 200, ok(data)))
    expect(await rotate(USER, '--api', elsewhere.url, '--token', TOKEN)).toBe(0)
    await elsewhere.close()
    expect([kept('ready.json')['apiKey'], kept('secrets.json')['apiKey']]).toEqual(['old', 'old'])
  })

  it('is printed though it cannot be kept, and that is told', async () => {
    rmSync(join(home, 'secrets.json'))
    mkdirSync(join(home, 'secrets.json'))
    expect(await rotate(USER)).toBe(1)
    expect(io.stdout.text).toBe('new\n')
    expect(io.stderr.text).toContain('secrets.json still holds the old key')
  })
})
