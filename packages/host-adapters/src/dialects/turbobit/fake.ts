import type { FakePlatform } from '../../fake/fake-host.js'
import { answerWith, apiFake, hexId } from '../../fake/api-fake.js'
import type { ApiFakeHost, ApiRoute } from '../../fake/api-fake.js'
import { apiKnobs } from '../../fake/api-knobs.js'
import type { ApiKnobs } from '../../fake/api-knobs.js'
import type { FakeRequest } from '../../fake/fake-server.js'
import { fileUrl } from './links.js'
import type { Site } from './site.js'

export interface TurboAccount {
  email: string
  password: string
  status: 'active' | 'free' | 'banned'
  /** `YYYY-MM-DD HH:MM:SS`. */
  expiredAt: string
  /** Why it is banned although it is active; null: it is not. */
  banInfo: object | null
  /** Its logins are behind a captcha. */
  captcha: boolean
}

/** A stand-in for a site of the dialect: the API of its pages with a session by cookie, and mirrors. */
export interface TurboKnobs extends ApiKnobs {
  accounts: TurboAccount[]
  /** A session stops working after so many calls. */
  sessionCalls: number
  /** Who has lost the session is taken for a visitor without premium time, not sent to the login. */
  visitors: boolean
  /** How many mirrors an answer names, and how many of them, from the first on, do not have the file. */
  mirrors: number
  deadMirrors: number
  /** Logs everybody out. */
  forgetSessions(): void
}

interface Session {
  account: TurboAccount
  callsLeft: number
}

const LONGEST_PASSWORD = 24

export function fake(site: Site): FakePlatform<TurboKnobs> {
  return apiFake(() => {
    const sessions = new Map<string, Session>()
    const knobs = knobsOf(site, sessions)
    const { email = '', password = '' } = knobs.accounts[0] ?? {}
    return {
      knobs,
      credentials: { email, password },
      fileLink: (id) => fileUrl(site, id),
      routes: (host) => routes(host, knobs, sessions),
    }
  })
}

function knobsOf(site: Site, sessions: Map<string, Session>): TurboKnobs {
  return {
    ...apiKnobs(),
    accounts: [
      {
        email: 'op@example.test',
        password: `fake-${site.id.toLowerCase()}-password`,
        status: 'active',
        expiredAt: '2030-01-01 00:00:00',
        banInfo: null,
        captcha: false,
      },
    ],
    sessionCalls: Infinity,
    visitors: false,
    mirrors: 2,
    deadMirrors: 0,
    forgetSessions: () => sessions.clear(),
  }
}

function routes(host: ApiFakeHost, knobs: TurboKnobs, sessions: Map<string, Session>): readonly ApiRoute[] {
  /** owned wraps what the owner of the session is told; anybody else is sent to the login. */
  const owned = (answer: (account: TurboAccount) => object) => (request: FakeRequest) => {
    const session = sessions.get(/\bsid=(\w+)/.exec(request.headers['cookie'] ?? '')?.[1] ?? '')
    if (session === undefined || session.callsLeft <= 0) {
      return answerWith({ status: 302, body: '', headers: { location: '/?login=true' } })
    }
    session.callsLeft--
    return answer(session.account)
  }
  return [
    {
      name: 'auth/login',
      method: 'POST',
      path: /^\/api\/auth\/login$/,
      answer({ json }) {
        const { email, password } = Object(json) as { email?: unknown; password?: unknown }
        if (String(password).length > LONGEST_PASSWORD) return refused(422, 'validation_failed')
        const account = knobs.accounts.find((one) => one.email === email && one.password === password)
        if (account?.captcha) return refused(403, 'captcha_required', true)
        if (account === undefined) return refused(401, 'password_incorrect', true)
        const sid = hexId(32)
        sessions.set(sid, { account, callsLeft: knobs.sessionCalls })
        const headers = { 'set-cookie': `sid=${sid}; Path=/; HttpOnly` }
        return answerWith({ status: 200, body: { success: true }, headers })
      },
    },
    {
      name: 'user/info',
      method: 'GET',
      path: /^\/api\/user\/info$/,
      answer: owned(({ email, expiredAt, status }) => ({ email, premium: { status, expiredAt } })),
    },
    {
      name: 'premium/info',
      method: 'GET',
      path: /^\/api\/premium\/info$/,
      answer: owned(({ banInfo, expiredAt }) => ({
        dayTrafficLeft: '98,5',
        dayTrafficLimit: '100',
        monthTrafficLeft: '900',
        monthTrafficLimit: '1000',
        expiredAt,
        banInfo,
      })),
    },
    {
      name: 'links/check',
      method: 'POST',
      path: /^\/api\/links\/check$/,
      answer: ({ fields }) =>
        (fields['links'] ?? '').split('\n').map((url) => {
          const id = idOf(url)
          const file = host.files.get(id)
          return { id, name: file?.name ?? null, status: file === undefined ? 'inactive' : 'active' }
        }),
    },
    {
      name: 'download/info',
      method: 'POST',
      path: /^\/api\/download\/info$/,
      answer(request) {
        const { fileId } = Object(request.json) as { fileId?: unknown }
        const file = host.files.get(String(fileId))
        const answer = owned(({ status }) => {
          if (file === undefined) return refused(404, 'file_is_not_available_for_download')
          const premium = status === 'active'
          const about = { id: fileId, name: file.name, size: file.content.size }
          const urls = premium ? mirrors(host, knobs, String(fileId)) : []
          return { file: about, premiumOnlyDownload: false, premium, downloadUrls: urls }
        })(request)
        if (!knobs.visitors || file === undefined || 'file' in answer) return answer
        const about = { id: fileId, name: file.name, size: file.content.size }
        return { file: about, premiumOnlyDownload: false, premium: false, downloadUrls: [] }
      },
    },
  ]
}

/** Names of files are in the URLs as they are, signs that should be escaped among them. */
function mirrors(host: ApiFakeHost, knobs: TurboKnobs, id: string): string[] {
  return Array.from({ length: knobs.mirrors }, (_, at) => {
    const dead = { refuse: () => ({ status: 404, body: '<html>Not found</html>' }) }
    return `${host.directLink(id, at < knobs.deadMirrors ? dead : {})}/100% real.bin`
  })
}

function refused(status: number, name: string, needCaptcha = false): object {
  return answerWith({ status, body: { error_name: name, ...(needCaptcha && { data: { needCaptcha } }) } })
}

function idOf(link: string): string {
  return /\/([A-Za-z0-9]+)(?:\.html)?$/.exec(link)?.[1] ?? ''
}
