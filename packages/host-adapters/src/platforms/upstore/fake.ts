import { answerWith, apiFake, hexId } from '../../fake/api-fake.js'
import type { ApiFakeHost, ApiRoute } from '../../fake/api-fake.js'
import { apiKnobs } from '../../fake/api-knobs.js'
import type { ApiKnobs } from '../../fake/api-knobs.js'
import type { FakeRequest } from '../../fake/fake-server.js'

/** A stand-in for the pages of Upstore, which one login is known at. */
export interface UpstoreKnobs extends ApiKnobs {
  readonly pages: true
  /** How the account page says it; null for an account that is not premium. */
  premiumTill: string | null
  /** Gigabytes of the last day. */
  used: number
  rotates: boolean
  endSession(): void
}

const DAILY_GB = 50

export const fake = apiFake<UpstoreKnobs>(() => {
  let session = `fakesession${hexId(8)}`
  const knobs: UpstoreKnobs = {
    ...apiKnobs(),
    pages: true,
    premiumTill: 'premium till 03/24/30',
    used: 1.5,
    rotates: false,
    endSession: () => void (session = hexId(16)),
  }
  const sessions = {
    knows: ({ headers }: FakeRequest) => (headers['cookie'] ?? '').split('; ').includes(`usid=${session}`),
    renew: () => (session = `renewed${hexId(12)}`),
  }
  return {
    knobs,
    credentials: { cookies: `lang=en; usid=${session}` },
    originNames: ['pages'],
    newId: () => hexId(7),
    fileLink: (id, { name }) => `https://upstore.net/${id}/${encodeURIComponent(name)}`,
    routes: (host) => routes(host, knobs, sessions),
  }
})

interface Sessions {
  knows(request: FakeRequest): boolean
  renew(): string
}

function routes(host: ApiFakeHost, knobs: UpstoreKnobs, sessions: Sessions): ApiRoute[] {
  const page = (request: FakeRequest, body: string) => {
    const known = sessions.knows(request)
    const menu = known ? '<a href="/account/logout">Logout</a>' : '<a href="/account/login">Login</a>'
    const headers = known && knobs.rotates ? { 'set-cookie': `usid=${sessions.renew()}; path=/` } : {}
    const html = `<!DOCTYPE html><html><head><title>UpStore</title></head><body>${menu}${body}</body></html>`
    return answerWith({ status: 200, body: html, headers })
  }
  return [
    {
      name: 'account',
      method: 'GET',
      path: /^\/stat\/download$/,
      answer(request) {
        if (!sessions.knows(request)) {
          return answerWith({ status: 302, body: '', headers: { location: '/account/login' } })
        }
        const state = knobs.premiumTill ?? '<a href="/premium">Get premium</a>'
        const traffic = `Downloaded in last 24 hours: ${knobs.used} of ${DAILY_GB} GB`
        return page(request, `<p>${state}</p><p>${traffic}</p>`)
      },
    },
    {
      name: 'link',
      method: 'POST',
      path: /^\/load\/premium$/,
      answer(request) {
        const { antispam, hash = '', js } = request.fields
        if (!sessions.knows(request)) return page(request, 'Log in')
        if (antispam !== 'spam' || js !== '1') return JSON.stringify({ err: 'Bad request' })
        if (!host.files.has(hash)) return JSON.stringify({ err: 'File not found' })
        if (knobs.premiumTill === null) return JSON.stringify({ err: 'Only for premium users' })
        if (knobs.used >= DAILY_GB) return JSON.stringify({ err: 'You have reached the limit of the day' })
        return JSON.stringify({ ok: host.directLink(hash) })
      },
    },
    {
      name: 'file',
      method: 'GET',
      path: /^\/([A-Za-z0-9]{5,16})$/,
      answer(request, [id = '']) {
        const file = host.files.get(id)
        if (file === undefined) return page(request, '<span class="error">File not found</span>')
        const name = file.name.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
        const form = `<form method="post"><input type="hidden" name="hash" value="${id}"><input type="submit" name="free" value="Slow download"></form>`
        return page(
          request,
          `<div class="comment">Download file</div><h2 style="margin:0">${name}</h2>${form}`,
        )
      },
    },
  ]
}
