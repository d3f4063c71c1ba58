import { randomBytes } from 'node:crypto'
import { answerWith, apiFake, hexId } from '../../fake/api-fake.js'
import type { ApiFakeHost, ApiRoute } from '../../fake/api-fake.js'
import { apiKnobs } from '../../fake/api-knobs.js'
import type { ApiKnobs } from '../../fake/api-knobs.js'
import type { FakePlatform } from '../../fake/fake-host.js'
import type { CannedAnswer } from '../../fake/fake-server.js'
import { totpCode } from '../../kit/totp.js'
import type { Site } from './site.js'

/**
 * A stand-in for a host of the dialect: its API and its download servers. `knobs` makes it misbehave the way
 * the real ones do; `knobs.accounts` may be extended and edited while it runs.
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
  /** Secret of the code that the login wants besides, in base32; undefined where it wants none. */
  secondFactor: string | undefined
}

export interface RapidGatorKnobs extends ApiKnobs {
  accounts: RapidGatorAccount[]
  /** A token stops working after so many calls. */
  sessionCalls: number
  /** A second login within this time is refused with "Please wait", ms on the fake's clock; 0: never. */
  loginWindowMs: number
  /** A second direct link within this time is refused, ms on the fake's clock; 0: never. */
  downloadPauseMs: number
  /** Mode of every file: 0 public, 1 premium only, 2 private, 3 hotlink. */
  mode: number
  /** So many ranged requests of direct links are refused with "Unexpected range request". */
  rangeRefusals: number
  ipDenied: boolean
  /** A `1` before every JSON body. */
  strayCharacter: boolean
  /** Logs every token out, as a restart of the host would. */
  forgetSessions(): void
}

type Fields = Readonly<Record<string, string>>

const GIB = 2 ** 30
const MINUTE = 60_000
const MODES = ['Public', 'Premium only', 'Private', 'Hotlink']
const NOT_FOUND = 'Error: File not found'

/** The envelope of a refusal. */
export function refused(status: number, details: string): CannedAnswer {
  return { status, body: { response: null, status, details } }
}

export function fake(site: Site): FakePlatform<RapidGatorKnobs> {
  const [domain] = site.domains
  return apiFake((now) => {
    const state = new FakeState(site, now)
    return {
      knobs: state.knobs,
      credentials: { email: 'op@example.test', password: passwordOf(site) },
      newId: () => (site.lowerCase ? hexId(32) : mixedCaseId()),
      fileLink: (id, file) => `https://${domain}/file/${id}/${encodeURIComponent(file.name)}.html`,
      routes: (host) => state.routes(host),
    }
  })
}

function passwordOf({ id }: Site): string {
  return `fake-${id.toLowerCase()}-password`
}

/** mixedCaseId makes an id of letters in both cases and digits. */
function mixedCaseId(): string {
  return randomBytes(6).toString('base64url').replace(/[-_]/g, 'x')
}

interface Session {
  account: RapidGatorAccount
  callsLeft: number
}

class FakeState {
  private host!: ApiFakeHost
  private readonly sessions = new Map<string, Session>()
  private readonly lastLogin = new Map<string, number>()
  private readonly lastDownload = new Map<string, number>()
  readonly knobs: RapidGatorKnobs

  constructor(
    private readonly site: Site,
    private readonly now: () => number,
  ) {
    this.knobs = {
      ...apiKnobs(),
      accounts: [
        {
          email: 'op@example.test',
          password: passwordOf(site),
          premium: true,
          premiumEnd: 1893456000,
          trafficLeft: 900 * GIB,
          trafficTotal: 1024 * GIB,
          frozen: false,
          secondFactor: undefined,
        },
      ],
      sessionCalls: Infinity,
      loginWindowMs: 0,
      downloadPauseMs: 0,
      mode: 0,
      rangeRefusals: 0,
      ipDenied: false,
      strayCharacter: false,
      forgetSessions: () => this.sessions.clear(),
    }
  }

  routes(host: ApiFakeHost): ApiRoute[] {
    this.host = host
    const methods: Record<string, (fields: Fields) => CannedAnswer> = {
      'user/login': (fields) => this.login(fields),
      'user/info': (fields) => this.authorised(fields, (account) => ok({ user: userOf(account) })),
      'file/info': (fields) => this.authorised(fields, () => this.fileInfo(fields['file_id'] ?? '')),
      'file/download': (fields) =>
        this.authorised(fields, (account) => this.directLink(account, fields['file_id'] ?? '')),
      ...(this.site.checkBatchSize > 1 && {
        'file/check_link': (fields: Fields) =>
          this.authorised(fields, () => this.checkLinks((fields['url'] ?? '').split(','))),
      }),
    }
    return Object.entries(methods).map(([name, method]) => ({
      name,
      path: new RegExp(`^${new URL(this.site.api).pathname}/${name}$`),
      answer: ({ fields }) => {
        const answer = method(fields)
        const body = this.knobs.strayCharacter ? `1${JSON.stringify(answer.body)}` : answer.body
        return answerWith({ ...answer, body })
      },
    }))
  }

  private login({ code, login, password }: Fields): CannedAnswer {
    const account = this.knobs.accounts.find((one) => one.email === login && one.password === password)
    if (account === undefined) return refused(401, 'Error: Error e-mail or password.')
    if (account.frozen) return refused(401, 'Error: User is FROZEN')
    const { secondFactor } = account
    if (secondFactor !== undefined && code !== totpCode(secondFactor, this.now())) {
      return refused(401, `Error: ${code === undefined ? 'Two-factor code is required' : 'Wrong 2FA code'}`)
    }
    const last = this.lastLogin.get(account.email) ?? -Infinity
    if (this.now() - last < this.knobs.loginWindowMs) return refused(403, 'Error: Please wait 5 minutes')
    this.lastLogin.set(account.email, this.now())
    const token = hexId(26)
    this.sessions.set(token, { account, callsLeft: this.knobs.sessionCalls })
    return ok({ token, user: userOf(account) })
  }

  private authorised({ token }: Fields, work: (account: RapidGatorAccount) => CannedAnswer): CannedAnswer {
    const session = this.sessions.get(token ?? '')
    if (session === undefined || session.callsLeft <= 0) return refused(401, "Error. Session doesn't exist")
    session.callsLeft--
    return session.account.frozen ? refused(401, 'Error: User is FROZEN') : work(session.account)
  }

  private fileInfo(id: string): CannedAnswer {
    const file = this.host.files.get(id)
    if (file === undefined) return refused(404, NOT_FOUND)
    const { content, md5, name } = file
    const { mode } = this.knobs
    return ok({
      file: {
        file_id: id,
        mode,
        mode_label: MODES[mode],
        folder_id: null,
        name,
        hash: md5 ?? null,
        size: content.size,
        created: 1700000000,
        url: `http://${this.site.domains[0]}/file/${id}`,
        nb_downloads: 3,
      },
    })
  }

  private checkLinks(urls: readonly string[]): CannedAnswer {
    if (urls.length > 25) return refused(400, 'Error: Too many urls')
    return ok(
      urls.map((url) => {
        const file = this.host.files.get(idOf(url))
        if (file === undefined) return { url, filename: null, size: 0, status: 'NO ACCESS' }
        return { url, filename: file.name, size: file.content.size, status: 'ACCESS' }
      }),
    )
  }

  private directLink(account: RapidGatorAccount, fileId: string): CannedAnswer {
    if (!this.host.files.has(fileId)) return refused(404, NOT_FOUND)
    if (!account.premium) return refused(401, 'Error: User is not PREMIUM')
    if (account.trafficLeft <= 0) return refused(423, 'Error: Exceeded traffic')
    const since = this.now() - (this.lastDownload.get(account.email) ?? -Infinity)
    const pause = this.knobs.downloadPauseMs
    if (since < pause) {
      const [whole, left] = [pause, pause - since].map((ms) => Math.ceil(ms / MINUTE))
      const rule = `Delay between downloads must be not less than ${whole} minutes`
      return refused(409, `Conflict. ${rule}. Try again in ${left} minutes.`)
    }
    this.lastDownload.set(account.email, this.now())
    const link = this.host.directLink(fileId, {
      refuse: ({ headers }) => this.linkRefusal(account, headers['range'] !== undefined),
      served: (bytes) => (account.trafficLeft -= bytes),
    })
    return ok({ download_url: link, delay: 0 })
  }

  private linkRefusal(account: RapidGatorAccount, ranged: boolean): CannedAnswer | undefined {
    const { knobs } = this
    if (knobs.ipDenied) return { status: 403, body: { error: 'Denied by IP', success: false } }
    if (ranged && knobs.rangeRefusals > 0) {
      knobs.rangeRefusals--
      return { status: 500, body: { error: 'Unexpected range request', success: false } }
    }
    return account.trafficLeft <= 0 ? refused(423, 'Error: Exceeded traffic') : undefined
  }
}

function userOf({ email, premium, premiumEnd, trafficLeft, trafficTotal }: RapidGatorAccount): object {
  return {
    email,
    is_premium: premium,
    premium_end_time: premium ? premiumEnd : null,
    state: 1,
    state_label: 'Active',
    traffic: premium ? { total: trafficTotal, left: Math.max(0, trafficLeft) } : { total: null, left: null },
    storage: { total: '4398046511104', left: 4398046511104 },
  }
}

function ok(response: unknown): CannedAnswer {
  return { status: 200, body: { response, status: 200, details: null } }
}

function idOf(link: string): string {
  return /\/file\/(\w+)/.exec(link)?.[1] ?? ''
}
