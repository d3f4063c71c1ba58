import { spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { end, freePort, hasEnded, spawnGuarded } from '../guarded/index.js'
import { DIRECTORIES, GROUP, PASSWORD, PROGRAMS, settings, USER } from './settings.js'

/** INN, the news server, of one test file. Readers have to log in. */
export interface TestInn {
  /** nntp://USER:PASSWORD@127.0.0.1:PORT */
  url: string
  /** Posts articles as a reader does; a body is as on the wire, without its last line. */
  post(articles: Iterable<readonly [messageId: string, body: Buffer]>): Promise<void>
  /** Ends it and removes its files. */
  stop(): Promise<void>
}

/** uid and gid of `news` on Debian; INN does not serve as root. */
const NEWS = 9
const START_LIMIT_MS = 30_000

/** Whether Debian's package inn2 is installed. */
export function innAvailable(): boolean {
  return existsSync(join(PROGRAMS, 'innd'))
}

/** Runs the system's INN with a directory of its own. Its articles are at most 2 MB. */
export async function startInn(): Promise<TestInn> {
  const directory = mkdtempSync(join(tmpdir(), 'obb-inn-'))
  const port = await freePort()
  const isRoot = process.getuid?.() === 0
  layOut(directory, settings(directory, port, isRoot ? 'news' : userInfo().username))
  if (isRoot) giveAway(directory)
  const options = {
    env: { ...process.env, INNCONF: join(directory, 'etc/inn.conf') },
    ...(isRoot && { uid: NEWS, gid: NEWS }),
  }
  const history = ['-i', '-o', '-f', join(directory, 'db/history'), '-s', '1000']
  const made = spawnSync(join(PROGRAMS, 'makedbz'), history, { ...options, encoding: 'utf8' })
  if (made.status !== 0) throw new Error(`makedbz: ${made.stderr}`)
  const daemon = spawnGuarded(directory, [join(PROGRAMS, 'innd'), '-f'], options)
  const stop = async (): Promise<void> => {
    // It takes its time to close what is thrown away; readers (nnrpd) end with their connections.
    await end(daemon, 'SIGKILL')
    rmSync(directory, { recursive: true, force: true })
  }
  try {
    await ready(daemon, port)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    url: `nntp://${USER}:${PASSWORD}@127.0.0.1:${port}`,
    post: (articles) => post(port, articles),
    stop,
  }
}

function layOut(directory: string, files: Record<string, string>): void {
  for (const name of DIRECTORIES) mkdirSync(join(directory, name))
  for (const [path, text] of Object.entries(files)) writeFileSync(join(directory, path), text)
}

function giveAway(directory: string): void {
  const inside = readdirSync(directory, { recursive: true, encoding: 'utf8' })
  for (const path of ['', ...inside]) chownSync(join(directory, path), NEWS, NEWS)
}

async function ready(daemon: ChildProcess, port: number): Promise<void> {
  const deadline = performance.now() + START_LIMIT_MS
  while (!(await greets(port))) {
    if (hasEnded(daemon) || performance.now() > deadline) throw new Error('innd did not start')
    await sleep(20)
  }
}

function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const done = (isReady: boolean) => {
      socket.destroy()
      resolve(isReady)
    }
    socket.setTimeout(1000, () => done(false))
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
