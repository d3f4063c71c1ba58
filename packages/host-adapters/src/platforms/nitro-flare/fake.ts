import { answerWith, apiFake, hexId } from '../../fake/api-fake.js'
import type { ApiFakeHost, ApiRoute } from '../../fake/api-fake.js'
import { apiKnobs } from '../../fake/api-knobs.js'
import type { ApiKnobs } from '../../fake/api-knobs.js'
import type { CannedAnswer } from '../../fake/fake-server.js'

/** A stand-in for NitroFlare's API v2 and its download servers. */
export interface NitroFlareKnobs extends ApiKnobs {
  password: string
  /** `active`, or what the host calls other accounts. */
  status: string
  /** `YYYY-MM-DD HH:MM:SS`, or 0. */
  expiryDate: string | number
  /** Bytes of the day; reduced by every byte that is handed out. */
  trafficLeft: number
  trafficMax: number
  /** Nothing but a captcha, until somebody opens `/api/v2/__unlock`. */
  captchaGate: boolean
  /** Status of every file: `online`, or anything else. */
  fileStatus: string
  /** The download servers see another address than the API did. */
  otherAddress: boolean
  linkType: string
}

const EMAIL = 'op@example.test'
const GIB = 2 ** 30

export const UPGRADING_PAGE =
  '<html><body><p>In these moments we are upgrading the site system.</p></body></html>'

/** The envelope of a refusal, which comes with 200 or with 500. */
export function refused(code: number, message: string, status = 200): CannedAnswer {
  return { status, body: { type: 'error', message, code } }
}

export const fake = apiFake<NitroFlareKnobs>(() => {
  const knobs: NitroFlareKnobs = {
    ...apiKnobs(),
    password: 'fake-nitroflare-password',
    status: 'active',
    expiryDate: '2030-01-01 00:00:00',
    trafficLeft: 25 * GIB,
    trafficMax: 25 * GIB,
    captchaGate: false,
    fileStatus: 'online',
    otherAddress: false,
    linkType: 'premium',
  }
  return {
    knobs,
    credentials: { email: EMAIL, password: knobs.password },
    fileLink: (id, { name }) => `https://nitroflare.com/view/${id}/${encodeURIComponent(name)}`,
    newId: () => hexId(15).toUpperCase(),
    routes: (host) => routes(host, knobs),
  }
})

type Query = Readonly<Record<string, string>>

function routes(host: ApiFakeHost, knobs: NitroFlareKnobs): ApiRoute[] {
  const method = (name: string, answer: (query: Query) => object): ApiRoute => ({
    name,
    method: 'GET',
    path: new RegExp(`^/api/v2/${name}$`),
    answer: ({ fields }) => answer(fields),
  })
  const withUser = (answer: (query: Query) => object) => (query: Query) => {
    if (knobs.captchaGate) return answerWith(refused(12, 'You have to solve a captcha'))
    const known = query['user'] === EMAIL && query['premiumKey'] === knobs.password
    return known ? answer(query) : answerWith(refused(8, 'Wrong login', 500))
  }
  return [
    method(
      'getKeyInfo',
      withUser(() => {
        const { expiryDate, status, trafficLeft, trafficMax } = knobs
        return success({ status, expiryDate, trafficLeft: String(Math.max(0, trafficLeft)), trafficMax })
      }),
    ),
    method('getFileInfo', ({ files = '' }) => fileInfo(host, knobs, files.split(','))),
    method(
      'getDownloadLink',
      withUser(({ file = '' }) => downloadLink(host, knobs, file)),
    ),
    {
      name: '__unlock',
      path: /^\/api\/v2\/__unlock$/,
      answer: () => {
        knobs.captchaGate = false
        return success({})
      },
    },
  ]
}

function fileInfo({ files }: ApiFakeHost, { fileStatus }: NitroFlareKnobs, ids: readonly string[]): object {
  if (ids.length > 100) return answerWith(refused(2, 'Too many files'))
  const rows = ids.flatMap((id) => {
    const file = files.get(id)
    if (file === undefined) return []
    const row = {
      status: fileStatus,
      name: file.name,
      size: String(file.content.size),
      url: `https://nitroflare.com/view/${id}`,
      md5: file.md5 ?? null,
      premiumOnly: false,
      password: file.password ?? null,
    }
    return [[id, row] as const]
  })
  return success({ files: rows.length === 0 ? [] : Object.fromEntries(rows) })
}

function downloadLink(host: ApiFakeHost, knobs: NitroFlareKnobs, id: string): object {
  const file = host.files.get(id)
  if (file === undefined) return answerWith(refused(4, "File doesn't exist"))
  if (knobs.status !== 'active') return answerWith(refused(1, 'Access denied'))
  const url = host.directLink(id, {
    refuse: () => linkRefusal(knobs),
    served: (bytes) => void (knobs.trafficLeft -= bytes),
  })
  return success({ url, name: file.name, size: file.content.size, linkType: knobs.linkType })
}

function linkRefusal({ otherAddress, trafficLeft }: NitroFlareKnobs): CannedAnswer | undefined {
  if (otherAddress) return page('Wrong IP')
  return trafficLeft <= 0 ? page('You have reached the maximum volume for today') : undefined
}

function page(words: string): CannedAnswer {
  return { status: 200, body: `<html><body>${words}</body></html>` }
}

function success(result: object): object {
  return { type: 'success', result }
}
