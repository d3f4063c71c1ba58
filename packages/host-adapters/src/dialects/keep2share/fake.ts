import type { FakeFile, FakePlatform } from '../../fake/fake-host.js'
import { answerWith, apiFake, hexId } from '../../fake/api-fake.js'
import type { ApiFakeHost, ApiRoute } from '../../fake/api-fake.js'
import { apiKnobs } from '../../fake/api-knobs.js'
import type { ApiKnobs } from '../../fake/api-knobs.js'
import type { CannedAnswer } from '../../fake/fake-server.js'
import { linkTo, oneSpelling } from './links.js'
import type { Site } from './site.js'

/**
 * A stand-in for a service of the family: its API v2 and its download servers. `knobs` makes it misbehave the
 * way the real ones do; `knobs.accounts` may be extended and edited while it runs.
 */
export interface Keep2shareAccount {
  username: string
  password: string
  /** Access token of partners. */
  accessToken?: string
  /** Epoch seconds, or `false` for one that never was premium. */
  expires: number | string | false
  /** Bytes left today; reduced by the size of each file when its link is handed out. */
  trafficLeft: number
}

export interface Keep2shareKnobs extends ApiKnobs {
  accounts: Keep2shareAccount[]
  /** A token stops working after so many calls. */
  sessionCalls: number
  /** And after this time on the fake's clock, ms. */
  tokenMs: number
  /** The address that the fake sees the client at; a token works only from that of its login. */
  clientAddress: string
  /** Failed logins from one address before all of them are refused. */
  loginAttempts: number
  /** Who logs in has to solve a captcha. */
  captcha: boolean
  /** A token that is not known is asked for a captcha by `getUrl` instead of being called unknown. */
  captchaForStaleTokens: boolean
  /** `getFilesInfo` calls deleted files available. */
  staleList: boolean
  access: 'public' | 'premium' | 'private'
  /** Stated by `accountInfo`; undefined: not stated. */
  quotaResetAt: string | undefined
  /** Tracking ids, by which `getFileStatus` and the others know files too. */
  aliases: Record<string, string>
  /** Direct links are valid so long, ms. */
  linkMs: number
  /** Logs every token out. */
  forgetSessions(): void
}

interface Token {
  account: Keep2shareAccount
  callsLeft: number
  expires: number
  address: string
}

type Body = Readonly<Record<string, unknown>>

const DAY = 86_400_000
const PREMIUM_END = 1893456000

/** The envelope of a refusal. `more` are fields such as `errors`. */
export function refused(
  code: number,
  errorCode: number | string,
  message: string,
  more: object = {},
): CannedAnswer {
  return { status: code, body: { status: 'error', code, errorCode, message, ...more } }
}

export function fake({ domains: [domain] }: Site): FakePlatform<Keep2shareKnobs> {
  return apiFake((now) => {
    const state = new FakeState(now)
    const [account] = state.knobs.accounts
    return {
      knobs: state.knobs,
      credentials: { username: account?.username ?? '', password: account?.password ?? '' },
      newId: () => hexId(13),
      fileLink: (id, file) => `${linkTo(domain, 'file', id)}/${encodeURIComponent(file.name)}`,
      folderLink: (id) => linkTo(domain, 'folder', id),
      routes: (host) => state.routes(host),
    }
  })
}

class FakeState {
  private host!: ApiFakeHost
  private readonly tokens = new Map<string, Token>()
  private readonly failedLogins = new Map<string, number>()
  /** Account, file and day that were charged. */
  private readonly charged = new Set<string>()
  /** Files that the list of files remembers when they are gone. */
  private readonly remembered = new Map<string, FakeFile>()
  readonly knobs: Keep2shareKnobs = {
    ...apiKnobs(),
    accounts: [
      {
        username: 'op@example.test',
        password: 'fake-keep2share-password',
        accessToken: 'fake-partner-access-token',
        expires: PREMIUM_END,
        trafficLeft: 50 * 2 ** 30,
      },
    ],
    sessionCalls: Infinity,
    tokenMs: Infinity,
    clientAddress: '192.0.2.1',
    loginAttempts: Infinity,
    captcha: false,
    captchaForStaleTokens: false,
    staleList: false,
    access: 'public',
    quotaResetAt: undefined,
    aliases: {},
    linkMs: DAY,
    forgetSessions: () => this.tokens.clear(),
  }

  constructor(private readonly now: () => number) {}

  routes(host: ApiFakeHost): ApiRoute[] {
    this.host = host
    const methods: Record<string, (body: Body) => object> = {
      login: (body) => this.login(body),
      test: (body) => this.authorised(body, 'test', () => ok({ message: 'Test was successful' })),
      accountInfo: (body) => this.authorised(body, 'accountInfo', (account) => this.account(account)),
      getFilesInfo: (body) => this.filesInfo(body),
      getFileStatus: (body) => this.fileStatus(body),
      getUrl: (body) => this.authorised(body, 'getUrl', (account) => this.url(account, body)),
    }
    return Object.entries(methods).map(([name, method]) => ({
      name,
      method: 'POST',
      path: new RegExp(`^/api/v2/${name}$`),
      answer: ({ json }) => {
        for (const [id, file] of host.files) this.remembered.set(id, file)
        return typeof json === 'object' && json !== null
          ? method(json as Body)
          : answerWith(refused(400, 4, 'Invalid request'))
      },
    }))
  }

  private login({ password, username }: Body): object {
    const { knobs } = this
    const failed = this.failedLogins.get(knobs.clientAddress) ?? 0
    if (failed >= knobs.loginAttempts)
      return answerWith(refused(406, 71, 'Login attempts was exceed, please wait'))
    if (knobs.captcha) {
      return answerWith(refused(406, 33, 'Please verify your request via re captcha challenge'))
    }
    const account = knobs.accounts.find((one) => one.username === username && one.password === password)
    if (account === undefined) {
      this.failedLogins.set(knobs.clientAddress, failed + 1)
      return answerWith(refused(406, 70, 'Incorrect username or password'))
    }
    const token = hexId(26)
    const expires = this.now() + knobs.tokenMs
    this.tokens.set(token, { account, callsLeft: knobs.sessionCalls, expires, address: knobs.clientAddress })
    return ok({ auth_token: token })
  }

  private authorised(body: Body, method: string, work: (account: Keep2shareAccount) => object): object {
    const { knobs } = this
    if (typeof body['access_token'] === 'string') {
      const partner = knobs.accounts.find((one) => one.accessToken === body['access_token'])
      return partner === undefined ? unauthorised() : work(partner)
    }
    const token = this.tokens.get(String(body['auth_token']))
    if (token === undefined || token.callsLeft <= 0 || token.expires <= this.now()) {
      return knobs.captchaForStaleTokens && method === 'getUrl'
        ? answerWith(refused(406, 30, 'Captcha required'))
        : unauthorised()
    }
    if (token.address !== knobs.clientAddress) return answerWith(refused(403, 75, 'Illegal session IP'))
    token.callsLeft--
    return work(token.account)
  }

  private account({ expires, trafficLeft }: Keep2shareAccount): object {
    const { quotaResetAt } = this.knobs
    return ok({
      available_traffic: Math.max(0, trafficLeft),
      account_expires: expires,
      ...(quotaResetAt !== undefined && { quota_reset_at: quotaResetAt }),
    })
  }

  private filesInfo({ ids }: Body): object {
    if (!Array.isArray(ids) || ids.length > 100) return answerWith(refused(400, 3, 'Incorrect param value'))
    const rows = ids.flatMap((asked: unknown) => {
      const id = this.ownId(asked)
      const file = this.host.files.get(id) ?? (this.knobs.staleList ? this.remembered.get(id) : undefined)
      const row = file === undefined ? this.folderRow(id) : { ...this.fileRow(id, file), md5: file.md5 }
      return row === undefined ? [] : [{ ...row, ...(asked !== id && { requested_id: asked }) }]
    })
    if (rows.length === 0 && ids.length > 0) return answerWith(refused(400, 2, 'Invalid request params'))
    return ok({ files: rows })
  }

  private fileStatus({ id: asked, limit = 100, offset = 0 }: Body): object {
    const id = this.ownId(asked)
    const requested = asked === id ? {} : { requested_id: asked }
    const file = this.host.files.get(id)
    if (file !== undefined) return ok({ ...this.fileRow(id, file), ...requested })
    const folder = this.host.folders.get(id)
    if (folder === undefined) return answerWith(refused(404, 20, 'File not found'))
    const page = folder.entries.slice(Number(offset), Number(offset) + Math.min(Number(limit), 100))
    const files = page.flatMap((link) => {
      const entry = /\/(?:file|folder)\/([\w-]+)/.exec(link)?.[1] ?? ''
      const inside = this.host.files.get(entry)
      return (inside === undefined ? this.folderRow(entry) : this.fileRow(entry, inside)) ?? []
    })
    return ok({ ...this.folderRow(id), files })
  }

  private url(account: Keep2shareAccount, { file_id: asked }: Body): object {
    const id = this.ownId(asked)
    const file = this.host.files.get(id)
    if (file === undefined) return answerWith(refused(404, 20, 'File not found'))
    if (account.expires === false) return vague(21, { code: 7, message: 'Premium only' })
    const { size } = file.content
    const charge = `${account.username} ${id} ${Math.floor(this.now() / DAY)}`
    if (!this.charged.has(charge)) {
      if (account.trafficLeft < size) return vague(21, { code: 2, message: 'Traffic limit exceed' })
      this.charged.add(charge)
      account.trafficLeft -= size
    }
    const until = this.now() + this.knobs.linkMs
    const link = this.host.directLink(id, {
      refuse: () =>
        this.now() > until ? { status: 401, body: '401 Unauthorized: Temp URL invalid' } : undefined,
    })
    return ok({ url: `${link}?temp_url_expires=${Math.floor(until / 1000)}&ip=any&rate_limit=0` })
  }

  private ownId(asked: unknown): string {
    return this.knobs.aliases[String(asked)] ?? oneSpelling(String(asked))
  }

  private fileRow(id: string, { content, name }: FakeFile): Record<string, unknown> {
    return {
      id,
      name,
      size: content.size,
      is_available: true,
      is_folder: false,
      access: this.knobs.access,
      isAvailableForFree: this.knobs.access === 'public',
      created_at: '2026-01-01 00:00:00',
    }
  }

  private folderRow(id: string): Record<string, unknown> | undefined {
    const folder = this.host.folders.get(id)
    return folder && { id, name: folder.name, size: 0, is_available: true, is_folder: true, access: 'public' }
  }
}

function ok(fields: object): object {
  return { status: 'success', code: 200, ...fields }
}

function unauthorised(): object {
  return answerWith(refused(403, 10, 'You are not authorized for this action'))
}

/** A refusal whose reason is its sub-code. */
function vague(errorCode: number, detail: object): object {
  return answerWith(refused(406, errorCode, 'Download is not available', { errors: [detail] }))
}
