/*
 * A news server for readers over TCP or TLS: authentication, STAT, HEAD, BODY and ARTICLE by message id, DATE.
 * Commands may come pipelined and are answered in order. What is wrong with it is up to its knobs.
 */
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { createServer as createTlsServer } from 'node:tls'
import { type TransferKnobs, cutOff } from '../../fake/transfer.js'

/** The article of one part of a file. */
export interface Article {
  /** Number of the part in its file, from 1. */
  part: number
  begin: number
  end: number
  /** body returns the text as on the wire, without the last line; `crc` in place of the right one. */
  body(crc?: string): Promise<Buffer>
}

export interface NewsKnobs extends TransferKnobs {
  /** In place of a successful answer, by the first word of a command (`AUTHINFO PASS` by both); `greeting` too. */
  replies: Record<string, string>
  /** 480 for every command without a login. */
  requiresLogin: boolean
  user: string
  password: string
  /** Connections beyond so many are greeted with 502. */
  connectionCap: number
  /** A connection is ended with 400 after so many commands. */
  commandsPerConnection: number
  /** A login is forgotten after so many commands. */
  commandsPerLogin: number
  /** Parts that are not there, from 1. */
  missingParts: Set<number>
  /** STAT does not know that they are missing. */
  liesAboutStat: boolean
  /** Parts with another CRC than they state. */
  damagedParts: Set<number>
  /** Parts that end in the middle, though the block is complete. */
  truncatedParts: Set<number>
  /** Articles come with nothing in them. */
  emptyBodies: boolean
  /** Commands that the server does not know. */
  unknownCommands: Set<string>
}

export interface NewsHost {
  readonly port: number
  connections(): number
  /** Connections are all closed. */
  idle(): Promise<void>
  /** Most connections at once so far. */
  peak(): number
  close(): Promise<void>
}

export interface NewsOptions {
  port?: number
  knobs: NewsKnobs
  /** By message id, without brackets. */
  articles: ReadonlyMap<string, Article>
  record(command: string): void
  tls?: { key: string; cert: string }
}

const TICK_MS = 50

export async function startNews(options: NewsOptions): Promise<NewsHost> {
  const sockets = new Set<Socket>()
  let peak = 0
  const idle: (() => void)[] = []
  const gone = (socket: Socket): void => {
    sockets.delete(socket)
    if (sockets.size === 0) for (const tell of idle.splice(0)) tell()
  }
  const cut: Cut = { done: undefined }
  const serve = (socket: Socket): void => {
    sockets.add(socket)
    peak = Math.max(peak, sockets.size)
    socket.on('error', () => undefined).on('close', () => gone(socket))
    new Dialogue(socket, options, cut).run(sockets.size).catch(() => socket.destroy())
  }
  const server: Server = options.tls ? createTlsServer(options.tls, serve) : createServer(serve)
  server.on('tlsClientError', () => undefined)
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => sockets.size,
    idle: () => new Promise((resolve) => void (sockets.size === 0 ? resolve() : idle.push(resolve))),
    peak: () => peak,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

interface Cut {
  /** The byte at which a connection was cut already. */
  done: number | undefined
}

class Dialogue {
  private loggedIn = false
  private commands = 0
  private commandsOfLogin = 0

  constructor(
    private readonly socket: Socket,
    private readonly options: NewsOptions,
    private readonly cut: Cut,
  ) {}

  async run(connections: number): Promise<void> {
    const { knobs } = this.options
    await this.pause()
    if (connections > knobs.connectionCap) return void this.socket.end('502 Too many connections\r\n')
    const greeting = knobs.replies['greeting'] ?? '200 news.example ready'
    this.socket.write(`${greeting}\r\n`)
    if (!greeting.startsWith('20')) return void this.socket.end()
    for await (const line of createInterface({ input: this.socket, crlfDelay: Infinity })) {
      await this.pause()
      if (this.socket.destroyed) return
      if (++this.commands > knobs.commandsPerConnection)
        return void this.socket.end('400 idle for too long\r\n')
      await this.answer(line)
    }
  }

  private async answer(line: string): Promise<void> {
    const { knobs, record } = this.options
    const [, name = '', argument = ''] = /^(AUTHINFO \w+|\w+)(?: (.*))?$/i.exec(line) ?? []
    const command = name.toUpperCase()
    record(command)
    const canned = knobs.replies[command]
    if (canned !== undefined) return this.say(canned)
    if (command === 'AUTHINFO USER') {
      return this.say(argument === knobs.user ? '381 password, please' : '481 who is that?')
    }
    if (command === 'AUTHINFO PASS') return this.judge(argument)
    if (command === 'QUIT') return void this.socket.end('205 bye\r\n')
    if (this.loggedIn && ++this.commandsOfLogin > knobs.commandsPerLogin) this.loggedIn = false
    if (knobs.requiresLogin && !this.loggedIn) return this.say('480 authentication required')
    if (knobs.unknownCommands.has(command)) return this.say('500 what?')
    if (command === 'DATE') return this.say('111 20260822120000')
    if (!['STAT', 'HEAD', 'BODY', 'ARTICLE'].includes(command)) return this.say('500 what?')
    await this.article(command, argument)
  }

  private judge(password: string): void {
    this.loggedIn = password === this.options.knobs.password
    this.commandsOfLogin = 0
    this.say(this.loggedIn ? '281 welcome' : '481 wrong password')
  }

  private async article(command: string, argument: string): Promise<void> {
    const { articles, knobs } = this.options
    const article = articles.get(/^<(.*)>$/.exec(argument)?.[1] ?? '')
    const missing = article === undefined || knobs.missingParts.has(article.part)
    const pretends = command === 'STAT' && knobs.liesAboutStat
    if (missing && !pretends) return this.say('430 no such article')
    if (command === 'STAT') return this.say(`223 0 ${argument}`)
    const head = `Message-ID: ${argument}\r\nSubject: part\r\nNewsgroups: alt.binaries.test\r\n`
    if (command === 'HEAD') return this.say(`221 0 ${argument}\r\n${head}.`)
    this.say(command === 'BODY' ? `222 0 ${argument}` : `220 0 ${argument}\r\n${head}`)
    if (article !== undefined && !knobs.emptyBodies) await this.send(article)
    this.say('.')
  }

  private async send(article: Article): Promise<void> {
    const { knobs } = this.options
    const whole = await article.body(knobs.damagedParts.has(article.part) ? '00000000' : undefined)
    let body = whole
    if (knobs.truncatedParts.has(article.part)) body = atLineEnd(whole, whole.length >> 1)
    const { cutAtByte } = knobs
    const cuts = cutAtByte !== undefined && article.begin < cutAtByte && cutAtByte < article.end
    if (cuts && this.cut.done !== cutAtByte) {
      this.cut.done = cutAtByte
      this.socket.write(body.subarray(0, body.length >> 1))
      cutOff(this.socket, knobs)
      return
    }
    const step = knobs.bytesPerSecond > 0 ? Math.ceil((knobs.bytesPerSecond * TICK_MS) / 1000) : body.length
    for (let at = 0; at < body.length && !this.socket.destroyed; at += step) {
      const flowing = this.socket.write(body.subarray(at, at + step))
      if (step < body.length) await sleep(TICK_MS)
      else if (!flowing) await this.drained()
    }
  }

  private drained(): Promise<void> {
    const { socket } = this
    return new Promise((resolve) => {
      const done = (): void => {
        socket.off('drain', done).off('close', done)
        resolve()
      }
      socket.on('drain', done).on('close', done)
    })
  }

  private say(line: string): void {
    if (this.socket.writable) this.socket.write(`${line}\r\n`)
  }

  private async pause(): Promise<void> {
    const { delayMs } = this.options.knobs
    if (delayMs > 0) await sleep(delayMs, undefined, { ref: false })
  }
}

function atLineEnd(body: Buffer, from: number): Buffer {
  return body.subarray(0, body.indexOf('\r\n', from) + 2)
}
