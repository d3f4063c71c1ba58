import { createHash } from 'node:crypto'
import type { FakeFile } from '../../fake/fake-host.js'
import { answerWith, apiFake, hexId } from '../../fake/api-fake.js'
import type { ApiFakeHost, ApiRoute } from '../../fake/api-fake.js'
import { apiKnobs } from '../../fake/api-knobs.js'
import type { ApiKnobs } from '../../fake/api-knobs.js'
import type { CannedAnswer, FakeRequest } from '../../fake/fake-server.js'

/** A stand-in for GoFile's API, where each file is alone in a folder of its own, as uploads are. */
export interface GoFileKnobs extends ApiKnobs {
  token: string
  account: {
    tier: 'guest' | 'standard' | 'premium'
    premiumType: 'subscription' | 'credit'
    /** Epoch seconds. */
    subscriptionEndDate: number
    /** Bytes. */
    subscriptionLimitDirectTraffic: number
    /** Bytes; direct links add what they hand out. */
    downloadedToday: number
    /** Bytes by day, of the newest month in the history. */
    downloadedBefore: readonly number[]
    credit: number
    creditTrafficRate: number
  }
  /** Direct links want the token as a cookie. */
  cookieRequired: boolean
  canAccess: boolean
  /** A page holds no more children, whatever was asked for. */
  maxPageSize: number
  /** Children have no links. */
  withoutLinks: boolean
}

export function refused(status: string, http = 200): CannedAnswer {
  return { status: http, body: { status, data: {} } }
}

const LINKLESS_PAGE = '<html><body>Please download from our site</body></html>'

export const fake = apiFake<GoFileKnobs>(() => {
  const knobs: GoFileKnobs = {
    ...apiKnobs(),
    expiredLinkStatus: 404,
    token: 'FakeGoFileToken01234567890123456',
    account: {
      tier: 'premium',
      premiumType: 'subscription',
      subscriptionEndDate: 1_893_456_000,
      subscriptionLimitDirectTraffic: 4e12,
      downloadedToday: 1e9,
      downloadedBefore: [2e9, 3e9],
      credit: 12,
      creditTrafficRate: 4,
    },
    cookieRequired: true,
    canAccess: true,
    maxPageSize: 1000,
    withoutLinks: false,
  }
  return {
    knobs,
    credentials: { token: knobs.token },
    fileLink: linkOf,
    folderLink: linkOf,
    newId: () => `G${hexId(9)}`,
    routes: (host) => routes(host, knobs),
  }
})

function routes(host: ApiFakeHost, knobs: GoFileKnobs): ApiRoute[] {
  const authorized = (request: FakeRequest, work: () => object): object =>
    request.headers['authorization'] === `Bearer ${knobs.token}`
      ? work()
      : answerWith(refused('error-wrongToken', 401))
  return [
    {
      name: 'id',
      path: /^\/accounts\/getid$/,
      answer: (request) => authorized(request, () => ok({ id: 'acc-1' })),
    },
    {
      name: 'account',
      path: /^\/accounts\/acc-1$/,
      answer: (request) => authorized(request, () => ok(accountFields(knobs))),
    },
    {
      name: 'contents',
      path: /^\/contents\/([\w-]+)$/,
      answer: (request, [code = '']) =>
        authorized(request, () => {
          if (knobs.account.tier !== 'premium') return answerWith(refused('error-notPremium', 403))
          return contents(host, knobs, code, request.fields)
        }),
    },
  ]
}

function contents(
  { directLink, files, folders }: ApiFakeHost,
  knobs: GoFileKnobs,
  code: string,
  { page = '1', pageSize = '1000', password }: Readonly<Record<string, string>>,
): object {
  const own = files.get(code)
  const container = own === undefined ? folders.get(code) : { ...own, entries: [linkOf(code)] }
  if (container === undefined) return answerWith(refused('error-notFound', 404))
  const data = { id: `f-${code}`, type: 'folder', code, name: container.name, canAccess: knobs.canAccess }
  const wanted = container.password
  if (wanted !== undefined && password !== sha256(wanted)) {
    const passwordStatus = password === undefined ? 'passwordRequired' : 'passwordWrong'
    return ok({ ...data, password: true, passwordStatus })
  }
  if (!knobs.canAccess) return ok(data)
  const fileChild = (id: string, file: FakeFile): object => ({
    id: uuid(id),
    type: 'file',
    name: file.name,
    size: file.content.size,
    md5: file.md5,
    mimetype: 'application/octet-stream',
    ...(!knobs.withoutLinks && { link: directLink(id, rules(knobs)) }),
  })
  const length = Math.min(Number(pageSize), knobs.maxPageSize)
  const first = (Number(page) - 1) * length
  const children = container.entries.slice(first, first + length).map((link) => {
    const id = idOf(link)
    const file = files.get(id)
    if (file !== undefined) return [uuid(id), fileChild(id, file)]
    return [uuid(id), { id: uuid(id), type: 'folder', code: id, name: folders.get(id)?.name ?? '' }]
  })
  const hasNextPage = first + length < container.entries.length
  const passwordStatus = wanted === undefined ? undefined : 'passwordOk'
  return {
    ...ok({ ...data, passwordStatus, children: Object.fromEntries(children) as object }),
    metadata: { hasNextPage },
  }
}

function rules(knobs: GoFileKnobs): Parameters<ApiFakeHost['directLink']>[1] {
  return {
    refuse: ({ headers }) =>
      knobs.cookieRequired && headers['cookie'] !== `accountToken=${knobs.token}`
        ? { status: 200, body: LINKLESS_PAGE }
        : undefined,
    served: (bytes) => (knobs.account.downloadedToday += bytes),
  }
}

function accountFields({ account }: GoFileKnobs): object {
  const { downloadedBefore, downloadedToday, ...told } = account
  const days = downloadedBefore.map((bytes, day) => [day + 1, { trafficWebDownloaded: bytes }])
  return {
    id: 'acc-1',
    email: 'op@example.test',
    ...told,
    currency: 'EUR',
    statsCurrent: { trafficDirectGenerated: 0, trafficWebDownloaded: downloadedToday },
    statsHistory: {
      2025: { 12: { 31: { trafficWebDownloaded: 7e12 } } },
      2026: { 7: { 31: { trafficWebDownloaded: 7e12 } }, 8: Object.fromEntries(days) as object },
    },
  }
}

function ok(data: object): object {
  return { status: 'ok', data }
}

function uuid(id: string): string {
  return `u-${id}`
}

function linkOf(id: string): string {
  return `https://gofile.io/d/${id}`
}

function idOf(link: string): string {
  return /\/d\/(\w+)/.exec(link)?.[1] ?? ''
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
