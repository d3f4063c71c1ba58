import { answerWith, apiFake, hexId } from '../../fake/api-fake.js'
import type { ApiFakeHost, ApiRoute } from '../../fake/api-fake.js'
import { apiKnobs } from '../../fake/api-knobs.js'
import type { ApiKnobs } from '../../fake/api-knobs.js'
import type { CannedAnswer, FakeRequest } from '../../fake/fake-server.js'

/** A stand-in for Fikper's API, whose refusals put JSON into JSON and whose download answers are plain text. */
export interface FikperKnobs extends ApiKnobs {
  apiKey: string
  account: {
    premium: boolean
    /** ISO text or epoch ms; empty is free. */
    premiumExpire: string | number
    /** Bytes; direct links add what they hand out. */
    usedBandwidth: number
    totalBandwidth: number
  }
  /** Path where the account is told. */
  accountPath: '/api/account' | '/api/account/info'
  /** The public call answers 403 and describes the file inside. */
  describesInRefusals: boolean
  /** Error of every row of a check. */
  rowError: number | undefined
}

export function refused(code: number, message: unknown): CannedAnswer {
  const text = typeof message === 'string' ? message : JSON.stringify(message)
  return { status: code, body: { code, message: text } }
}

const NOT_PREMIUM = 'To download this file you should be premium user.'

export const fake = apiFake<FikperKnobs>(() => {
  const knobs: FikperKnobs = {
    ...apiKnobs(),
    apiKey: 'FakeFikperApiKey0123456789',
    account: {
      premium: true,
      premiumExpire: '2030-01-01T00:00:00.000Z',
      usedBandwidth: 2 ** 30,
      totalBandwidth: 2 ** 40,
    },
    accountPath: '/api/account',
    describesInRefusals: false,
    rowError: undefined,
  }
  return {
    knobs,
    credentials: { apiKey: knobs.apiKey },
    fileLink: (id, { name }) => `https://fikper.com/${id}/${encodeURIComponent(name)}.html`,
    newId: () => `Fk${hexId(10)}`,
    routes: (host) => routes(host, knobs),
  }
})

function routes({ directLink, files }: ApiFakeHost, knobs: FikperKnobs): ApiRoute[] {
  const { account } = knobs
  const withKey = (request: FakeRequest, work: () => object): object =>
    request.headers['x-api-key'] === knobs.apiKey ? work() : answerWith(refused(401, 'Unauthorized'))
  const field = ({ json }: FakeRequest, name: string): unknown =>
    (json as Record<string, unknown> | undefined)?.[name]
  return [
    {
      name: 'account',
      path: /^(\/api\/account(?:\/info)?)$/,
      answer: (request, [path]) =>
        path !== knobs.accountPath
          ? answerWith({ status: 404, body: '<html>Cannot GET</html>' })
          : withKey(request, () => ({
              email: 'op@example.test',
              accountType: account.premium ? 'premium' : 'free',
              usedSpace: 0,
              usedBandwidth: account.usedBandwidth,
              totalBandwidth: account.totalBandwidth,
              premiumExpire: account.premium ? account.premiumExpire : '',
            })),
    },
    {
      name: 'check',
      method: 'POST',
      path: /^\/api\/file\/check-links$/,
      answer: (request) =>
        withKey(request, () => {
          const links = field(request, 'links') as string[]
          if (links.length > 100) return answerWith(refused(400, 'Too many links'))
          return links.map((link) => {
            const fileHashName = idOf(link)
            const file = files.get(fileHashName)
            const error = knobs.rowError ?? (file === undefined ? 404 : undefined)
            if (file === undefined || error !== undefined)
              return { fileHashName, error, message: 'Not found' }
            return { fileHashName, fileName: file.name, fileSize: file.content.size }
          })
        }),
    },
    {
      name: 'info',
      method: 'POST',
      path: /^\/$/,
      answer: (request) => {
        const file = files.get(String(field(request, 'fileHashName')))
        if (file === undefined) return answerWith(refused(404, 'File not found'))
        const { content, name, password } = file
        if (!knobs.describesInRefusals) return { name, size: content.size, password: password !== undefined }
        const data = { name, size: String(content.size), mimeType: 'application/octet-stream' }
        return answerWith(refused(403, { message: NOT_PREMIUM, data }))
      },
    },
    {
      name: 'download',
      path: /^\/api\/file\/download\/(\w+)$/,
      answer: (request, [id = '']) =>
        withKey(request, () => {
          const file = files.get(id)
          if (file === undefined) return answerWith(refused(404, 'File not found'))
          const data = { name: file.name, size: String(file.content.size) }
          if (!account.premium) return answerWith(refused(403, { message: NOT_PREMIUM, data }))
          if (account.usedBandwidth >= account.totalBandwidth)
            return answerWith(refused(403, 'Bandwidth limit'))
          const body = directLink(id, { served: (bytes) => (account.usedBandwidth += bytes) })
          return answerWith({ status: 200, body, headers: { 'content-type': 'text/plain' } })
        }),
    },
  ]
}

function idOf(link: string): string {
  return new URL(link).pathname.split('/')[1] ?? ''
}
