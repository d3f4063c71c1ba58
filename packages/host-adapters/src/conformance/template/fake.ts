import { answerWith, apiFake } from '../../fake/api-fake.js'
import { apiKnobs } from '../../fake/api-knobs.js'
import type { ApiKnobs } from '../../fake/api-knobs.js'
import type { CannedAnswer } from '../../fake/fake-server.js'

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
export const fake = apiFake<SampleKnobs>(() => {
  const knobs = { ...apiKnobs(), apiKey: 'sample-key-0123456789', trafficLeft: TOTAL / 2 }
  return {
    knobs,
    credentials: { apiKey: knobs.apiKey },
    fileLink: (id, { name }) => `https://sample.invalid/file/${id}/${encodeURIComponent(name)}`,
    refuse: ({ headers }) =>
      headers['x-api-key'] === knobs.apiKey ? undefined : refusedWith(401, 'bad_key'),
    routes: ({ directLink, files }) => [
      {
        name: 'account',
        answer: () => ({ premium: true, until: 1893456000, left: knobs.trafficLeft, total: TOTAL }),
      },
      {
        name: 'check',
        answer: ({ json }) =>
          (json as { ids: string[] }).ids.flatMap((id) => {
            const file = files.get(id)
            return file ? [{ id, name: file.name, size: file.content.size, md5: file.md5 ?? null }] : []
          }),
      },
      {
        name: 'link',
        answer({ json }) {
          const { id } = json as { id: string }
          const file = files.get(id)
          if (file === undefined) return answerWith(refusedWith(404, 'not_found'))
          if (knobs.trafficLeft <= 0) return answerWith(refusedWith(403, 'denied', 'Daily limit reached'))
          const served = (bytes: number) => void (knobs.trafficLeft -= bytes)
          return { url: directLink(id, { served }), size: file.content.size }
        },
      },
    ],
  }
})
