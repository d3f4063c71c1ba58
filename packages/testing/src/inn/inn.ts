import { spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import { end, freePort, hasEnded, spawnGuarded } from '../guarded/index.js'
import { DIRECTORIES, GROUP, PASSWORD, PROGRAMS, settings, USER } from './settings.js'
import type { Certificate } from './settings.js'

/** INN, the news server, of one test file. Readers have to log in. */
export interface TestInn {
  /** nntp://USER:PASSWORD@127.0.0.1:PORT */
  url: string
  /** The port where it speaks TLS from the first byte, on 127.0.0.1. */
  tlsPort: number
  /** Posts articles as a reader does; a body is as on the wire, without its last line. */
  post(articles: Iterable<readonly [messageId: string, body: Buffer]>): Promise<void>
  /** Ends it and removes its files. */
  stop(): Promise<void>
}

/** uid and gid of `news` on Debian; INN does not serve as root. */
const NEWS = 9
const START_LIMIT_MS = 60_000

/** Whether Debian's package inn2 is installed. */
export function innAvailable(): boolean {
  return existsSync(join(PROGRAMS, 'innd'))
}

/**
 * Runs the system's INN with a directory of its own: `innd`, and `nnrpd`, which serves readers, once more for TLS. Its
 * articles are at most 2 MB.
 */
export async function startInn(certificate: Certificate): Promise<TestInn> {
  const directory = mkdtempSync(join(tmpdir(), 'obb-inn-'))
  const [port, tlsPort] = [await freePort(), await freePort()]
  const isRoot = process.getuid?.() === 0
  const runAs = isRoot ? 'news' : userInfo().username
  layOut(directory, settings(directory, port, runAs, certificate))
  if (isRoot) giveAway(directory)
  const options = {
    env: { ...process.env, INNCONF: join(directory, 'etc/inn.conf') },
    ...(isRoot && { uid: NEWS, gid: NEWS }),
  }
  const history = ['-i', '-o', '-f', join(directory, 'db/history'), '-s', '1000']
  const made = spawnSync(join(PROGRAMS, 'makedbz'), history, { ...options, encoding: 'utf8' })
  if (made.status !== 0) throw new Error(`makedbz: ${made.stderr}`)
  const daemon = spawnGuarded(directory, [join(PROGRAMS, 'innd'), '-f'], options)
  const overTls = ['-D', '-f', '-S', '-4', '127.0.0.1', '-p', String(tlsPort)]
  const tlsDaemon = spawnGuarded(directory, [join(PROGRAMS, 'nnrpd'), ...overTls], options)
  const stop = async (): Promise<void> => {
    // It takes its time to close what is thrown away; readers (nnrpd) end with their connections.
    await Promise.all([end(daemon, 'SIGKILL'), end(tlsDaemon, 'SIGKILL')])
    rmSync(directory, { recursive: true, force: true })
  }
  try {
    await ready(daemon, () => greets(port))
    await ready(tlsDaemon, () => greetsOverTls(tlsPort))
  } catch (error) {
    await stop()
    throw error
  }
  return {
    url: `nntp://${USER}:${PASSWORD}@127.0.0.1:${port}`,
    tlsPort,
    post: (articles) => post(port, articles),
    stop,
  }
}

function layOut(directory: string, files: Record<string, string>): void {
  for (const name of DIRECTORIES) mkdirSync(join(directory, name))
  // A key that others may read is refused.
  for (const [path, text] of Object.entries(files))
    writeFileSync(join(directory, path), text, { mode: 0o600 })
}

function giveAway(directory: string): void {
  const inside = readdirSync(directory, { recursive: true, encoding: 'utf8' })
  for (const path of ['', ...inside]) chownSync(join(directory, path), NEWS, NEWS)
}

async function ready(daemon: ChildProcess, isReady: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + START_LIMIT_MS
  while (!(await isReady())) {
    if (hasEnded(daemon) || performance.now() > deadline) throw new Error('INN did not start')
    await sleep(20)
  }
}

function greets(port: number): Promise<boolean> {
  return greeted(connect(port, '127.0.0.1'))
}

/** Whoever the certificate is for. */
function greetsOverTls(port: number): Promise<boolean> {
  return greeted(connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }))
}

function greeted(socket: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    const done = (isReady: boolean) => {
      socket.destroy()
      resolve(isReady)
    }
    // A busy machine takes its time to start the process that greets.
    socket.setTimeout(15_000, () => done(false))
    socket.once('data', (data) => done(data.toString().startsWith('20')))
    socket.once('error', () => done(false)).once('end', () => done(false))
  })
}

async function post(port: number, articles: Parameters<TestInn['post']>[0]): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  const answers = createInterface({ input: socket, crlfDelay: Infinity })[Symbol.asyncIterator]()
  const say = async (what: string | Buffer, expected: string): Promise<void> => {
    socket.write(what)
    const { value } = (await answers.next()) as IteratorResult<string, undefined>
    if (!value?.startsWith(expected)) throw new Error(`INN says ${value} instead of ${expected}`)
  }
  try {
    await say('', '20')
    await say(`AUTHINFO USER ${USER}\r\n`, '381')
    await say(`AUTHINFO PASS ${PASSWORD}\r\n`, '281')
    for (const [messageId, body] of articles) {
      await say('POST\r\n', '340')
      await say(Buffer.concat([header(messageId), body, Buffer.from('.\r\n')]), '240')
    }
    await say('QUIT\r\n', '205')
  } finally {
    await closed(socket)
  }
}

function header(messageId: string): Buffer {
  const fields = ['From: sim <sim@example.test>', `Newsgroups: ${GROUP}`, 'Subject: part']
  return Buffer.from([...fields, `Message-ID: <${messageId}>`, '', ''].join('\r\n'))
}

async function closed(socket: Socket): Promise<void> {
  if (socket.closed) return
  const gone = once(socket, 'close')
  socket.destroy()
  await gone
}
