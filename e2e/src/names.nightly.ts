import { spawn, spawnSync } from 'node:child_process'
import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdir, mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Installation } from './installation.js'

const OBB = fileURLToPath(new URL('../../obb', import.meta.url))
const MAX_BYTES = 230

/** Names as hosts give them, and what each is called here. */
const NAMES: Record<string, string> = {
  'plain.mkv': 'plain.mkv',
  '電影 第一集.mkv': '電影 第一集.mkv',
  'Größe & Öl.avi': 'Größe & Öl.avi',
  'фильм.part01.rar': 'фильм.part01.rar',
  'say "hello".mkv': 'say _hello_.mkv',
  "it's here.mkv": "it's here.mkv",
  '🎬 clip 👩‍👩‍👧.mp4': '🎬 clip 👩‍👩‍👧.mp4',
  '100% real %20 %zz.mkv': '100% real %20 %zz.mkv',
  'what#now?.mkv': 'what#now_.mkv',
  'a;b=c,d.mkv': 'a;b=c,d.mkv',
  '[group] (1080p) {x}.mkv': '[group] (1080p) {x}.mkv',
  'free\u202Egpj.exe': 'freegpj.exe',
  'con.txt': '_con.txt',
  'a:b|c*d<e>.mkv': 'a_b_c_d_e_.mkv',
  'Cafe\u0301.mkv': 'Caf\u00e9.mkv',
  '  two  blanks  .mkv': 'two  blanks  .mkv',
  '-rf': '-rf',
  '$(id) `id` $HOME.mkv': '$(id) `id` $HOME.mkv',
  [`${'長'.repeat(120)}.part02.rar`]: '',
}

interface Client {
  program: string
  line(link: string): string[]
  /**
   * What the file is called on the disk, by its name here. Without it the address or the ASCII form says, and it is
   * enough that all of the file is there.
   */
  calls?(filename: string): string
  /** Whether it can take a file of this name at all. */
  takes?(filename: string): boolean
}

const FILE_SYSTEM_BYTES = 255
const asItIs = (filename: string): string => filename
const isShortEscaped = (filename: string): boolean => encodeURIComponent(filename).length <= FILE_SYSTEM_BYTES

const CLIENTS: Record<string, Client> = {
  // It calls the file as the address is written, with three times the bytes of a name that is not ASCII.
  'curl -O': { program: 'curl', line: (link) => ['-sSfO', link], takes: isShortEscaped },
  'curl -OJ': { program: 'curl', line: (link) => ['-sSfOJ', link] },
  wget: { program: 'wget', line: (link) => ['-q', link] },
  // It cuts names by their escaped form, and takes escapes out of them once more.
  'wget --content-disposition': {
    program: 'wget',
    line: (link) => ['-q', '--content-disposition', link],
    calls: (filename) => filename.replace(/%20/g, ' '),
    takes: isShortEscaped,
  },
  aria2c: { program: 'aria2c', line: (link) => ['-q', '-x4', '-k1M', link], calls: asItIs },
  'aria2c with a Metalink': {
    program: 'aria2c',
    line: (link) => ['-q', '--follow-metalink=mem', `${link}.meta4`],
    calls: (filename) => filename.replace(/[&']/g, '_'), // aria2 takes XML's escapes for the name
  },
  axel: { program: 'axel', line: (link) => ['-q', '-n', '4', link] },
  'rclone copyurl -a': {
    program: 'rclone',
    line: (link) => ['copyurl', '--config', '/dev/null', '-q', '-a', '--header-filename', link, '.'],
    calls: asItIs,
  },
}

const installed = (program: string) =>
  spawnSync(program, [program === 'rclone' ? 'version' : '--version'], { stdio: 'ignore' }).status === 0

/** A host that serves each name's file under a path that tells nothing of it. */
class NamingHost {
  private server: Server

  async start(): Promise<string> {
    this.server = createServer(({ method, url = '' }, response) => {
      const name = Object.keys(NAMES)[Number(url.slice(1))]
      if (name === undefined) return void response.writeHead(404).end()
      const bytes = bytesOf(name)
      response.writeHead(200, {
        'content-type': 'application/octet-stream',
        'content-length': bytes.length,
        'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name).replaceAll("'", '%27')}`,
      })
      response.end(method === 'HEAD' ? undefined : bytes)
    })
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.server.close(() => resolve()))
  }
}

const bytesOf = (name: string): Buffer => Buffer.alloc(10_000, `${name}\n`)

describe('names that hosts give', () => {
  let obb: Installation
  let base: string
  let key: string
  const host = new NamingHost()

  beforeAll(async () => {
    obb = await Installation.start('embedded')
    base = await host.start()
    await obb.admin('PATCH', '/hosts/Http', { enabled: true, maxDownloads: 100 })
    key = (await obb.admin('POST', '/users', { email: 'names@example.test', traffic: 1e9 })).apiKey
    await obb.startFetcher()
  }, 60_000)
  afterAll(async () => {
    await obb.close()
    await host.close()
  })

  /** What one client leaves in a directory of its own. */
  async function left(program: string, line: string[], env: Record<string, string> = {}) {
    const home = await mkdtemp(join(tmpdir(), 'obb-names-'))
    const directory = join(home, 'here')
    await mkdir(directory)
    try {
      const child = spawn(program, line, {
        cwd: directory,
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { PATH: process.env['PATH'], HOME: home, LC_ALL: 'C.UTF-8', ...env },
      })
      let said = ''
      child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text))
      const code = await new Promise((resolve) => child.once('close', resolve))
      const files = await readdir(directory)
      const bytes = files[0] === undefined ? undefined : await readFile(join(directory, files[0]))
      return { code, files, bytes, said }
    } finally {
      await rm(home, { recursive: true, force: true })
    }
  }

  async function linkOf(name: string): Promise<{ link: string; filename: string }> {
    const url = `${base}/${Object.keys(NAMES).indexOf(name)}`
    const { body } = await obb.call(key, 'POST', '/unrestrict', { url })
    return (await obb.settled(key, body.data.linkId)).body.data
  }

  it.each(Object.entries(NAMES))('%j has one name, which every system can write', async (name, called) => {
    const { filename, link } = await linkOf(name)
    if (called !== '') expect(filename).toBe(called)
    expect(Buffer.byteLength(filename)).toBeLessThanOrEqual(MAX_BYTES)
    if (/\.part\d+\.rar$/.test(name)) expect(filename).toMatch(/\.part0\d\.rar$/)
    expect(decodeURIComponent(link.slice(link.lastIndexOf('/') + 1))).toBe(filename)
  })

  for (const [client, { calls, line, program, takes = () => true }] of Object.entries(CLIENTS)) {
    const that = installed(program) ? it : it.skip
    that(
      `come whole through ${client}${calls ? ', and as they are called here' : ''}`,
      async () => {
        const wrong: unknown[] = []
        let taken = 0
        for (const name of Object.keys(NAMES)) {
          const { filename, link } = await linkOf(name)
          if (!takes(filename)) continue
          taken++
          const { bytes, code, files, said } = await left(program, line(link))
          const isWhole = code === 0 && files.length === 1 && bytes?.equals(bytesOf(name)) === true
          if (!isWhole || (calls && files[0] !== calls(filename)))
            wrong.push({ name, filename, code, files, said })
        }
        expect(wrong).toEqual([])
        expect(taken).toBeGreaterThanOrEqual(Object.keys(NAMES).length - 1)
      },
      120_000,
    )
  }

  it('come whole through ./obb get, and as they are called here', async () => {
    const wrong: unknown[] = []
    for (const [index, name] of Object.keys(NAMES).entries()) {
      const { filename } = await linkOf(name)
      const line = [OBB, '--api', obb.api, 'get', '-q', '--key', key, `${base}/${index}`]
      const { bytes, code, files, said } = await left(process.execPath, line)
      if (code !== 0 || files[0] !== filename || bytes?.equals(bytesOf(name)) !== true)
        wrong.push({ name, filename, code, files, said })
    }
    expect(wrong).toEqual([])
  }, 180_000)
})
