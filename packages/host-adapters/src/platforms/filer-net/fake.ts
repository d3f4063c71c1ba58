import { answerWith, apiFake, hexId } from '../../fake/api-fake.js'
import type { ApiFakeHost, ApiRoute } from '../../fake/api-fake.js'
import { apiKnobs } from '../../fake/api-knobs.js'
import type { ApiKnobs } from '../../fake/api-knobs.js'
import type { CannedAnswer, FakeRequest } from '../../fake/fake-server.js'

/** A stand-in for Filer.net's API and its download servers. */
export interface FilerKnobs extends ApiKnobs {
  password: string
  premium: boolean
  /** Epoch seconds. */
  until: number
  /** Bytes; may be below zero. Reduced by every byte that is handed out. */
  trafficLeft: number
  /** Where the direct link is: a redirect beside the answer, or a field of it. */
  linkIn: 'redirect' | 'answer'
}

const EMAIL = 'op@example.test'
const TOTAL = 125 * 2 ** 30

/** The envelope of a refusal, which has its code as HTTP status as well. */
export function refused(code: number, words: string): CannedAnswer {
  return { status: code < 500 ? code : 200, body: { code, status: words, data: {} } }
}

export const fake = apiFake<FilerKnobs>(() => {
  const knobs: FilerKnobs = {
    ...apiKnobs(),
    password: 'fake-filernet-password',
    premium: true,
    until: 1893456000,
    trafficLeft: TOTAL,
    linkIn: 'redirect',
  }
  return {
    knobs,
    credentials: { email: EMAIL, password: knobs.password },
    newId: () => hexId(16),
    fileLink: (id, { name }) => `https://filer.net/get/${id}/${encodeURIComponent(name)}`,
    routes: (host) => routes(host, knobs),
  }
})

function routes(host: ApiFakeHost, knobs: FilerKnobs): ApiRoute[] {
  const rowOf = (id: string): object | undefined => {
    const file = host.files.get(id)
    return file && { file_hash: id, file_name: file.name, file_size: file.content.size, premium_only: true }
  }
  const owned = (answer: () => object) => (request: FakeRequest) => {
    const token = Buffer.from(`${EMAIL}:${knobs.password}`).toString('base64')
    if (request.headers['authorization'] === undefined)
      return answerWith(refused(401, 'authentication required'))
    return request.headers['authorization'] === `Basic ${token}`
      ? answer()
      : answerWith(refused(401, 'invalid credentials'))
  }
  const said = (data: object): object => ({ code: 200, status: 'success', data })
  return [
    {
      name: 'profile',
      method: 'GET',
      path: /^\/api\/profile\.json$/,
      answer: owned(() =>
        said({
          premium: knobs.premium,
          until: knobs.until,
          traffic: TOTAL - knobs.trafficLeft,
          traffic_left: knobs.trafficLeft,
        }),
      ),
    },
    {
      name: 'status',
      method: 'GET',
      path: /^\/api\/status\/(\w+)\.json$/,
      answer(_, [id = '']) {
        const row = rowOf(id)
        return row === undefined ? answerWith(refused(505, 'file not found')) : said(row)
      },
    },
    {
      name: 'multi_status',
      method: 'POST',
      path: /^\/api\/multi_status\.json$/,
      answer({ json }) {
        const { hashes } = Object(json) as { hashes?: unknown }
        const ids = Array.isArray(hashes) ? hashes.map(String) : []
        if (ids.length < 2) return answerWith(refused(400, 'invalid hashes format'))
        return said(Object.fromEntries(ids.flatMap((id) => (rowOf(id) ? [[id, rowOf(id)]] : []))))
      },
    },
    {
      name: 'dl',
      method: 'GET',
      path: /^\/api\/dl\/(\w+)\.json$/,
      answer(request, [id = '']) {
        const answer = owned(() => {
          if (!host.files.has(id)) return answerWith(refused(505, 'file not found'))
          if (!knobs.premium) return answerWith(refused(403, 'premium required'))
          if (knobs.trafficLeft <= 0) return answerWith(refused(403, 'traffic limit reached'))
          return linkTo(host, knobs, id)
        })
        return answer(request)
      },
    },
  ]
}

function linkTo(host: ApiFakeHost, knobs: FilerKnobs, id: string): object {
  const url = host.directLink(id, { served: (bytes) => void (knobs.trafficLeft -= bytes) })
  if (knobs.linkIn === 'answer') return { code: 200, status: 'success', data: { download_url: url } }
  const body = { code: 302, status: 'redirect', data: {} }
  return answerWith({ status: 302, body, headers: { location: url } })
}
