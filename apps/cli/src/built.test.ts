import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ok, sendJson, TestServer } from './testing/test-server.js'

/* `./obb` as built: its bundle in place of the sources, on the parts of undici that are in it. */

const OBB = fileURLToPath(new URL('../../../obb', import.meta.url))
const MANIFEST = new URL('../package.json', import.meta.url)
const PAGE = { items: [], next: null }

let directory: string
let server: TestServer

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'obb-built-'))
  server = await TestServer.start(({ path }, response) => {
    if (path.startsWith('/moved')) response.writeHead(307, { location: path.slice('/moved'.length) }).end()
    else sendJson(response, 200, ok(PAGE))
  })
})
afterEach(async () => {
  await server.close()
  await rm(directory, { recursive: true })
})

async function obb(args: readonly string[], cache = join(directory, 'cache')) {
  const env = { PATH: process.env['PATH'] ?? '', XDG_CACHE_HOME: cache, OBB_ADMIN_TOKEN: 'token' }
  const child = spawn(process.execPath, [OBB, ...args], { cwd: directory, env, stdio: 'pipe' })
  child.stdin.end()
  const told = { out: '', err: '' }
  child.stdout.on('data', (chunk) => (told.out += String(chunk)))
  child.stderr.on('data', (chunk) => (told.err += String(chunk)))
  const [code] = (await once(child, 'close')) as [number]
  return { code, ...told }
}

it('has every command', async () => {
  const { version } = JSON.parse(await readFile(MANIFEST, 'utf8')) as { version: string }
  expect(await obb(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' })
  const { code, out } = await obb(['--help'])
  expect(code).toBe(0)
  for (const name of ['user', 'doctor', 'get', 'fakehost'])
    expect(out).toMatch(new RegExp(`^  ${name} `, 'm'))
  expect(await obb(['fakehost', 'Nobody', '--port', '0'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('there are '),
  })
})

it('asks the server, follows its redirects, and checks what it answers', async () => {
  const found = await obb(['user', 'list', '--json', '--api', `${server.url}/moved`])
  expect(found).toEqual({ code: 0, out: `${JSON.stringify(PAGE)}\n`, err: '' })
  expect(server.requests.map(({ path }) => path.split('?')[0])).toEqual([
    '/moved/api/admin/v1/users',
    '/api/admin/v1/users',
  ])
  expect(server.requests.at(-1)).toMatchObject({
    path: '/api/admin/v1/users?limit=1000',
    headers: { authorization: 'Bearer token' },
  })
  expect(await obb(['secrets', 'reseal', '--api', server.url])).toMatchObject({
    code: 1,
    err: expect.stringContaining('an answer of an unknown shape'),
  })
})

it('says that nobody is there', async () => {
  const { url } = server
  await server.close()
  expect(await obb(['user', 'list', '--api', url])).toMatchObject({
    code: 1,
    err: expect.stringContaining(`OBB is not running at ${url}`),
  })
})

const withFullDevice = existsSync('/dev/full') ? it : it.skip
withFullDevice('says that its output cannot be written, in one line', () => {
  const full = openSync('/dev/full', 'w')
  const { status, stderr } = spawnSync(process.execPath, [OBB, 'completion', 'bash'], {
    cwd: directory,
    stdio: ['ignore', full, 'pipe'],
    encoding: 'utf8',
  })
  closeSync(full)
  expect([status, stderr]).toEqual([1, 'obb: the output cannot be written (ENOSPC)\n'])
})

it("keeps what it compiled in the user's cache, and works where it cannot", async () => {
  const args = ['user', 'list', '--json', '--api', server.url]
  await obb(args)
  expect(await readdir(join(directory, 'cache', 'obb'))).not.toEqual([])
  const file = join(directory, 'file')
  await writeFile(file, '')
  expect(await obb(args, file)).toEqual({ code: 0, out: `${JSON.stringify(PAGE)}\n`, err: '' })
})
