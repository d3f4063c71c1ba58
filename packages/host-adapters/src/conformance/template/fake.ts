import type { FakePlatform } from '../../fake.js'
import { answerWith, hexId, startApiFake } from '../../fake/api-fake.js'
import type { ApiFakeHost, ApiRoute } from '../../fake/api-fake.js'
import { apiKnobs } from '../../fake/api-knobs.js'
import type { ApiKnobs } from '../../fake/api-knobs.js'
import type { CannedAnswer, FakeRequest } from '../../fake/fake-server.js'

export interface SampleKnobs extends ApiKnobs {
  apiKey: string
  /** Bytes. */
  trafficLeft: number
}

const TOTAL = 2 ** 40

/** The words of a refusal. */
export function refusedWith(status: number, error: string, message = ''): CannedAnswer {
  return { status, body: { error, message } }
}

/** A stand-in for Sample's API and its download servers. */
export const fake: FakePlatform<SampleKnobs> = {
  start({ port } = {}) {
    const knobs: SampleKnobs = { ...apiKnobs(), apiKey: 'sample-key-0123456789', trafficLeft: TOTAL / 2 }
    return startApiFake({
      port,
      knobs,
      credentials: { apiKey: knobs.apiKey },
      fileLink: (id, { name }) => `https://sample.invalid/file/${id}/${encodeURIComponent(name)}`,
      idOf: (link) => new URL(link).pathname.split('/')[2] ?? '',
      newId: () => hexId(12),
      routes: (host) => routes(host, knobs),
    })
  },
}

function routes({ directLink, files }: ApiFakeHost, knobs: SampleKnobs): ApiRoute[] {
  const withKey = (answer: (fields: Record<string, unknown>) => object) => (request: FakeRequest) =>
    request.headers['x-api-key'] === knobs.apiKey
      ? answer((request.json ?? {}) as Record<string, unknown>)
      : answerWith(refusedWith(401, 'bad_key'))
  return [
    {
      name: 'account',
      path: /^\/v1\/account$/,
      answer: withKey(() => ({ premium: true, until: 1893456000, left: knobs.trafficLeft, total: TOTAL })),
    },
    {
      name: 'check',
      method: 'POST',
      path: /^\/v1\/check$/,
      answer: withKey(({ ids }) => ({
        files: (ids as string[]).flatMap((id) => {
          const file = files.get(id)
          return file ? [{ id, name: file.name, size: file.content.size, md5: file.md5 ?? null }] : []
        }),
      })),
    },
    {
      name: 'link',
      method: 'POST',
      path: /^\/v1\/link$/,
      answer: withKey(({ id }) => {
        const file = files.get(String(id))
        if (file === undefined) return answerWith(refusedWith(404, 'not_found'))
        if (knobs.trafficLeft <= 0) return answerWith(refusedWith(403, 'denied', 'Daily limit reached'))
        const served = (bytes: number) => void (knobs.trafficLeft -= bytes)
        return { url: directLink(String(id), { served }), size: file.content.size }
      }),
    },
  ]
}
