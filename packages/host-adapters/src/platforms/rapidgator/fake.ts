import { createHash, randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { FakeFile, FakePlatform } from '../../fake.js'
import { apiKnobs, sendApi } from '../../fake/api-knobs.js'
import type { ApiKnobs } from '../../fake/api-knobs.js'
import { sendCanned, startFakeServer } from '../../fake/fake-server.js'
import type { CannedAnswer, FakeRequest } from '../../fake/fake-server.js'
import { serveFile } from '../../fake/transfer.js'

/**
 * A stand-in for RapidGator's API v2 and its download servers. `knobs` makes it misbehave the way the
 * real one does; `knobs.accounts` may be extended and edited while it runs.
 */
export interface RapidGatorAccount {
  email: string
  password: string
  premium: boolean
  /** Epoch seconds. */
  premiumEnd: number
  /** Bytes; reduced by every byte that a direct link hands out. */
  trafficLeft: number
  trafficTotal: number
  frozen: boolean
}

export interface RapidGatorKnobs extends ApiKnobs {
  accounts: RapidGatorAccount[]
  /** A token stops working after so many calls. */
  tokenCalls: number
  /** A second login within this time is refused with "Please wait", ms on the fake's clock; 0: never. */
  loginWindowMs: number
  /** Mode of every file: 0 public, 1 premium only, 2 private, 3 hotlink. */
  mode: number
  /** So many ranged requests of direct links are refused with "Unexpected range request". */
  rangeRefusals: number
  ipDenied: boolean
  /** Logs every token out, as a restart of the host would. */
  forgetSessions(): void
}

const GIB = 2 ** 30

export const MAINTENANCE_PAGE = '<html><body><h1>Maintenance in data center</h1></body></html>'

/** The envelope of a refusal. */
export function refused(status: number, details: string): CannedAnswer {
  return { status, body: { response: null, status, details } }
}

export const fake: FakePlatform<RapidGatorKnobs> = {
  async start({ port = 0, now = Date.now } = {}) {
    const state = new FakeState(now)
    const server = await startFakeServer(port, state.knobs, (request, response, record) =>
      state.answer(request, response, record),
    )
    state.origin = server.origin
    const [account] = state.knobs.accounts
    return {
      origins: { api: server.origin },
      credentials: { email: account?.email ?? '', password: account?.password ?? '' },
      knobs: state.knobs,
      calls: server.calls,
      addFile: (file) => state.add(file),
      replaceFile: (link, file) => state.files.set(idOf(link), file),
      removeFile: (link) => state.files.delete(idOf(link)),
      connections: () => server.connections(),
      close: () => server.close(),
    }
  },
}

interface Session {
  account: RapidGatorAccount
  callsLeft: number
}

interface DirectLink {
  account: RapidGatorAccount
  fileId: string
  requestsLeft: number
}

class FakeState {
  origin = ''
  readonly files = new Map<string, FakeFile>()
  private readonly sessions = new Map<string, Session>()
  private readonly links = new Map<string, DirectLink>()
  private readonly lastLogin = new Map<string, number>()
  readonly knobs: RapidGatorKnobs = {
    ...apiKnobs(),
    accounts: [
      {
        email: 'op@example.test',
        password: 'fake-rapidgator-password',
        premium: true,
        premiumEnd: 1893456000,
        trafficLeft: 900 * GIB,
        trafficTotal: 1024 * GIB,
        frozen: false,
      },
    ],
    tokenCalls: Infinity,
    loginWindowMs: 0,
    mode: 0,
    rangeRefusals: 0,
    ipDenied: false,
    forgetSessions: () => this.sessions.clear(),
  }

  constructor(private readonly now: () => number) {}

  add(file: FakeFile): string {
    const id = createHash('md5').update(`${file.name}#${this.files.size}`).digest('hex')
    this.files.set(id, file)
    return `https://rapidgator.net/file/${id}/${encodeURIComponent(file.name)}.html`
  }

  async answer(
    request: FakeRequest,
    response: ServerResponse,
    record: (call: string) => void,
  ): Promise<void> {
    const [, method] = /^\/api\/v2\/(.+)$/.exec(request.url.pathname) ?? []
    if (method !== undefined) {
      record(method)
      return sendApi(response, this.knobs, method, () => this.call(method, request.fields))
    }
    const [, session] = /^\/dl\/(\w+)$/.exec(request.url.pathname) ?? []
    if (session === undefined) return sendCanned(response, { status: 404, body: '<html>Not found</html>' })
    record('dl')
    return this.download(session, request, response)
  }

  private call(method: string, fields: Readonly<Record<string, string>>): CannedAnswer {
    if (method === 'user/login') return this.login(fields)
    const session = this.sessions.get(fields['token'] ?? '')
    if (session === undefined || session.callsLeft <= 0) return refused(401, "Error. Session doesn't exist")
    session.callsLeft--
    if (session.account.frozen) return refused(401, 'Error: User is FROZEN')
    const id = fields['file_id'] ?? ''
    switch (method) {
      case 'user/info':
        return ok({ user: this.user(session.account) })
      case 'file/info':
        return this.fileInfo(id)
      case 'file/check_link':
        return this.checkLinks((fields['url'] ?? '').split(','))
      case 'file/download':
        return this.directLink(session.account, id)
      default:
        return refused(501, 'Error: Method is not implemented')
    }
  }

  private login({ login, password }: Readonly<Record<string, string>>): CannedAnswer {
    const account = this.knobs.accounts.find((one) => one.email === login && one.password === password)
    if (account === undefined) return refused(401, 'Error: Error e-mail or password.')
    if (account.frozen) return refused(401, 'Error: User is FROZEN')
    const last = this.lastLogin.get(account.email) ?? -Infinity
    if (this.now() - last < this.knobs.loginWindowMs) return refused(403, 'Error: Please wait 5 minutes')
    this.lastLogin.set(account.email, this.now())
    const token = randomBytes(13).toString('hex')
    this.sessions.set(token, { account, callsLeft: this.knobs.tokenCalls })
    return ok({ token, user: this.user(account) })
  }

  private user(account: RapidGatorAccount): object {
    const { email, premium, premiumEnd, trafficLeft, trafficTotal } = account
    return {
      email,
      is_premium: premium,
      premium_end_time: premium ? premiumEnd : null,
      state: 1,
      state_label: 'Active',
      traffic: premium
        ? { total: trafficTotal, left: Math.max(0, trafficLeft) }
        : { total: null, left: null },
      storage: { total: '4398046511104', left: 4398046511104 },
    }
  }

  private fileInfo(id: string): CannedAnswer {
    const file = this.files.get(id)
    if (file === undefined) return refused(404, 'Error: File not found')
    const { name, content, md5 } = file
    const labels = ['Public', 'Premium only', 'Private', 'Hotlink']
    return ok({
      file: {
        file_id: id,
        mode: this.knobs.mode,
        mode_label: labels[this.knobs.mode],
        folder_id: null,
        name,
        hash: md5 ?? null,
        size: content.size,
        created: 1700000000,
        url: `http://rapidgator.net/file/${id}`,
        nb_downloads: 3,
      },
    })
  }

  private checkLinks(urls: readonly string[]): CannedAnswer {
    if (urls.length > 25) return refused(400, 'Error: Too many urls')
    return ok(
      urls.map((url) => {
        const file = this.files.get(idOf(url))
        if (file === undefined) return { url, filename: null, size: 0, status: 'NO ACCESS' }
        return { url, filename: file.name, size: file.content.size, status: 'ACCESS' }
      }),
    )
  }

  private directLink(account: RapidGatorAccount, fileId: string): CannedAnswer {
    if (!this.files.has(fileId)) return refused(404, 'Error: File not found')
    if (!account.premium) return refused(401, 'Error: User is not PREMIUM')
    if (account.trafficLeft <= 0) return refused(423, 'Error: Exceeded traffic')
    const session = randomBytes(8).toString('hex')
    this.links.set(session, { account, fileId, requestsLeft: this.knobs.linkRequests })
    return ok({ download_url: `${this.origin}/dl/${session}`, delay: 0 })
  }

  private async download(session: string, request: FakeRequest, response: ServerResponse): Promise<void> {
    const { knobs } = this
    const link = this.links.get(session)
    const file = this.files.get(link?.fileId ?? '')
    if (knobs.linkAnswer !== undefined) return sendCanned(response, knobs.linkAnswer)
    if (knobs.ipDenied)
      return sendCanned(response, { status: 403, body: { error: 'Denied by IP', success: false } })
    if (link === undefined || file === undefined || link.requestsLeft <= 0) {
      return sendCanned(response, { status: knobs.expiredLinkStatus, body: '<html>Link has expired</html>' })
    }
    if (request.headers['range'] !== undefined && knobs.rangeRefusals > 0) {
      knobs.rangeRefusals--
      return sendCanned(response, {
        status: 500,
        body: { error: 'Unexpected range request', success: false },
      })
    }
    if (link.account.trafficLeft <= 0) return sendCanned(response, refused(423, 'Error: Exceeded traffic'))
    link.requestsLeft--
    link.account.trafficLeft -= await serveFile(file, request, response, knobs)
  }
}

function ok(response: unknown): CannedAnswer {
  return { status: 200, body: { response, status: 200, details: null } }
}

function idOf(link: string): string {
  return /\/file\/(\w+)/.exec(link)?.[1] ?? ''
}
