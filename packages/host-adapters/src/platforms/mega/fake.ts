import { randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { FakeFile, FakeFolder, FakePlatform } from '../../fake/fake-host.js'
import { apiKnobs, sendApi } from '../../fake/api-knobs.js'
import type { ApiKnobs } from '../../fake/api-knobs.js'
import { sendCanned, startFakeServer } from '../../fake/fake-server.js'
import type { CannedAnswer, FakeRequest } from '../../fake/fake-server.js'
import { serveFile } from '../../fake/transfer.js'
import { totpCode } from '../../kit/totp.js'
import type { FileKey } from '../../kit/mega/content.js'
import { keptOf, loginAnswer } from './fake-account.js'
import type { MegaAccount } from './fake-account.js'
import { OWNER, commandName, node, overQuota, proves, quotaOf } from './fake-answers.js'
import type { Command } from './fake-answers.js'
import { cipherText, newFileKey, packed, sealedName } from '../../fake/mega-content.js'
import { wrapKey } from '../../kit/mega/keys.js'

/**
 * A stand-in for Mega: the API's commands behind `/cs`, and storage servers under `/dl/` that have cipher text
 * only. The keys are in the links that it hands out; it needs none of them to answer.
 */
export interface MegaKnobs extends ApiKnobs {
  accounts: MegaAccount[]
  /** A session stops working after so many calls. */
  sessionCalls: number
  /** So many calls are answered by -3, whatever they ask. */
  tryAgain: number
  /** The API answers no call that does not bring a proof of work for this. */
  challenge: string | undefined
  /** Storage servers say that the quota is used up for so many seconds; 0: without saying how long. */
  quotaSeconds: number | undefined
  /** Storage servers are asked for too much. */
  storageBusy: boolean
  /** The byte of every file that is stored wrong. */
  wrongByte: number | undefined
  /** The session in a login's answer has the padding of old accounts. */
  oldPadding: boolean
  /** Closes every session. */
  forgetSessions(): void
}

interface StoredFile extends FakeFile {
  key: FileKey
}

interface StoredFolder extends FakeFolder {
  key: Buffer
}

interface Session {
  account: MegaAccount
  callsLeft: number
}

const GIB = 2 ** 30

export const fake: FakePlatform<MegaKnobs> = {
  async start({ port = 0, now = Date.now } = {}) {
    const state = new FakeState(now)
    const server = await startFakeServer(port, state.knobs, (request, response, record) =>
      state.answer(request, response, record),
    )
    state.origin = server.origin
    const { email = '', password = '' } = state.knobs.accounts[0] ?? {}
    return {
      origins: { api: server.origin },
      credentials: { email, password },
      knobs: state.knobs,
      calls: server.calls,
      addFile: (file) => state.addFile(file),
      addFolder: (folder) => state.addFolder(folder),
      replaceFile: (link, file) => state.replaceFile(link, file),
      removeFile: (link) => state.remove(link),
      connections: () => server.connections(),
      close: () => server.close(),
    }
  },
}

class FakeState {
  origin = ''
  private readonly files = new Map<string, StoredFile>()
  private readonly folders = new Map<string, StoredFolder>()
  private readonly sessions = new Map<string, Session>()
  private readonly links = new Map<string, { handle: string; requestsLeft: number }>()
  readonly knobs: MegaKnobs = {
    ...apiKnobs(),
    accounts: [
      {
        email: 'Op@Example.test',
        password: 'fake-mega-password',
        version: 2,
        secondFactor: undefined,
        blocked: false,
        plan: 1,
        paidUntil: 1893456000,
        quota: 1024 * GIB,
        used: 24 * GIB,
      },
    ],
    sessionCalls: Infinity,
    tryAgain: 0,
    challenge: undefined,
    quotaSeconds: undefined,
    storageBusy: false,
    wrongByte: undefined,
    oldPadding: false,
    forgetSessions: () => this.sessions.clear(),
  }

  constructor(private readonly now: () => number) {}

  addFile(file: FakeFile): string {
    const handle = newHandle()
    const key = newFileKey(file.content)
    this.files.set(handle, { ...file, key })
    return `https://mega.nz/file/${handle}#${packed(key).toString('base64url')}`
  }

  addFolder(folder: FakeFolder): string {
    const handle = newHandle()
    const key = randomBytes(16)
    this.folders.set(handle, { ...folder, key })
    return `https://mega.nz/folder/${handle}#${key.toString('base64url')}`
  }

  /** The key stays what it was, so the MAC in it is another's. */
  replaceFile(link: string, file: FakeFile): void {
    const known = this.files.get(handleOf(link))
    if (known !== undefined) this.files.set(handleOf(link), { ...file, key: known.key })
  }

  remove(link: string): void {
    this.files.delete(handleOf(link))
    this.folders.delete(handleOf(link))
  }

  async answer(
    request: FakeRequest,
    response: ServerResponse,
    record: (call: string) => void,
  ): Promise<void> {
    const [, token, first, last] = /^\/dl\/(\w+)(?:\/(\d+)-(\d+))?$/.exec(request.url.pathname) ?? []
    if (token !== undefined) {
      record('dl')
      return this.download(token, request, response, Number(first ?? 0), Number(last ?? Infinity) + 1)
    }
    const commands = Array.isArray(request.json) ? (request.json as Command[]) : []
    const names = commands.map(commandName)
    names.forEach(record)
    return sendApi(response, this.knobs, names[0] ?? '', () => this.call(request, commands))
  }

  private call({ fields, headers }: FakeRequest, commands: readonly Command[]): CannedAnswer {
    const { challenge } = this.knobs
    if (challenge !== undefined && !proves(headers['x-hashcash'], challenge)) {
      return { status: 402, body: '', headers: { 'x-hashcash': challenge } }
    }
    if (this.knobs.tryAgain > 0) {
      this.knobs.tryAgain--
      return ok(-3)
    }
    const { n, sid } = fields
    const session = sid === undefined ? undefined : this.sessions.get(sid)
    if (sid !== undefined) {
      if (session === undefined || session.callsLeft <= 0) return ok(-15)
      if (session.account.blocked) return ok(-16)
      session.callsLeft--
    }
    const folder = n === undefined ? undefined : this.folders.get(n)
    if (n !== undefined && folder === undefined) return ok(-9)
    return ok(commands.map((command) => this.command(command, session?.account, n, folder)))
  }

  private command(
    command: Command,
    account: MegaAccount | undefined,
    folderHandle = '',
    folder?: StoredFolder,
  ): unknown {
    switch (command['a']) {
      case 'us0':
        return this.salt(String(command['user']))
      case 'us':
        return this.login(String(command['user']), command['uh'], command['mfa'])
      case 'uq':
        return account === undefined ? -11 : quotaOf(account)
      case 'g':
        return this.file(String(command['p'] ?? command['n']), command['g'] === 1)
      case 'f':
        return folder === undefined ? -11 : { f: this.tree(folderHandle, folder), sn: 'sequence', noc: 1 }
      default:
        return -2
    }
  }

  private accountOf(user: string): MegaAccount | undefined {
    return this.knobs.accounts.find(({ email }) => email.toLowerCase() === user)
  }

  private salt(user: string): unknown {
    const account = this.accountOf(user)
    if (account === undefined) return { v: 2, s: randomBytes(16).toString('base64url') }
    return account.version === 1 ? { v: 1 } : { v: 2, s: keptOf(account).salt.toString('base64url') }
  }

  private login(user: string, hash: unknown, code: unknown): unknown {
    const account = this.accountOf(user)
    if (account === undefined || keptOf(account).loginHash !== hash) return -9
    if (account.blocked) return -16
    if (account.secondFactor !== undefined) {
      if (code === undefined) return -26
      if (code !== totpCode(account.secondFactor, this.now())) return -5
    }
    const id = randomBytes(43)
    // The first byte tells the two paddings apart.
    id[0] = 0x80
    this.sessions.set(id.toString('base64url'), { account, callsLeft: this.knobs.sessionCalls })
    return { u: OWNER, ...loginAnswer(account, id, this.knobs.oldPadding) }
  }

  private file(handle: string, withUrl: boolean): unknown {
    const file = this.files.get(handle)
    if (file === undefined) return -9
    const info = { s: file.content.size, at: sealedName(file.key.aes, file.name), msd: 0 }
    if (!withUrl) return info
    const token = randomBytes(10).toString('hex')
    this.links.set(token, { handle, requestsLeft: this.knobs.linkRequests })
    return { ...info, g: `${this.origin}/dl/${token}` }
  }

  /** The folder's own node first; all keys wrapped with the key of the share. */
  private tree(
    handle: string,
    folder: StoredFolder,
    top = handle,
    key = folder.key,
    parent = 'Parent00',
  ): object[] {
    const nodes: object[] = [node(handle, parent, 1, folder.name, folder.key, top, wrapKey(key, folder.key))]
    for (const link of folder.entries) {
      const inner = handleOf(link)
      const nested = this.folders.get(inner)
      const file = this.files.get(inner)
      if (nested !== undefined) nodes.push(...this.tree(inner, nested, top, key, handle))
      if (file === undefined) continue
      const sealed = wrapKey(key, packed(file.key))
      nodes.push({ ...node(inner, handle, 0, file.name, file.key.aes, top, sealed), s: file.content.size })
    }
    return nodes
  }

  /** Some clients name a range in the path, and are sent it as if it were a file. */
  private async download(
    token: string,
    request: FakeRequest,
    response: ServerResponse,
    start: number,
    end: number,
  ): Promise<void> {
    const { knobs } = this
    const link = this.links.get(token)
    const file = this.files.get(link?.handle ?? '')
    if (knobs.linkAnswer !== undefined) return sendCanned(response, knobs.linkAnswer)
    if (knobs.storageBusy) return sendCanned(response, { status: 503, body: '' })
    if (knobs.quotaSeconds !== undefined) return sendCanned(response, overQuota(knobs.quotaSeconds))
    if (link === undefined || file === undefined || link.requestsLeft <= 0) {
      return sendCanned(response, { status: knobs.expiredLinkStatus, body: '' })
    }
    link.requestsLeft--
    const stored = cipherText(file.content, file.key, knobs.wrongByte)
    const content = {
      size: Math.min(end, stored.size) - start,
      read: (from: number, to: number) => stored.read(start + from, start + to),
    }
    await serveFile({ name: token, content }, request, response, knobs, { 'content-disposition': undefined })
  }
}

function ok(body: unknown): CannedAnswer {
  return { status: 200, body }
}

/** 8 characters of base64url. */
function newHandle(): string {
  return randomBytes(6).toString('base64url')
}

function handleOf(link: string): string {
  return /\/(?:file|folder)\/([\w-]{8})/.exec(link)?.[1] ?? ''
}
