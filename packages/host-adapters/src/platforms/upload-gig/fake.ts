import { answerWith, apiFake, hexId } from '../../fake/api-fake.js'
import type { ApiFakeHost, ApiRoute } from '../../fake/api-fake.js'
import { apiKnobs } from '../../fake/api-knobs.js'
import type { ApiKnobs } from '../../fake/api-knobs.js'
import type { FakeRequest } from '../../fake/fake-server.js'

/** A stand-in for the pages of UploadGig, which one login is known at. */
export interface UploadGigKnobs extends ApiKnobs {
  readonly pages: true
  /** As the account page has it. */
  premium: 'Active' | 'Inactive'
  /** As the account page has it, of 50 GB; more is refused. */
  usedGb: number
  rotates: boolean
  endSession(): void
}

const DAILY_GB = 50

export const fake = apiFake<UploadGigKnobs>(() => {
  let session = `fakesession${hexId(8)}`
  const knobs: UploadGigKnobs = {
    ...apiKnobs(),
    pages: true,
    premium: 'Active',
    usedGb: 1.5,
    rotates: false,
    endSession: () => void (session = hexId(16)),
  }
  const sessions = {
    knows: ({ headers }: FakeRequest) =>
      (headers['cookie'] ?? '').split('; ').includes(`fs_secure=${session}`),
    renew: () => (session = `renewed${hexId(12)}`),
  }
  return {
    knobs,
    credentials: { cookies: `lang=en; fs_secure=${session}` },
    originNames: ['pages'],
    newId: () => hexId(16),
    fileLink: (id, { name }) => `https://uploadgig.com/file/download/${id}/${encodeURIComponent(name)}`,
    routes: (host) => routes(host, knobs, sessions),
  }
})

interface Sessions {
  knows(request: FakeRequest): boolean
  renew(): string
}

function routes(host: ApiFakeHost, knobs: UploadGigKnobs, sessions: Sessions): ApiRoute[] {
  const page = (request: FakeRequest, body: string) => {
    const known = sessions.knows(request)
    const menu = known ? '<a href="/user/logout">Logout</a>' : '<a href="/login/form">Login</a>'
    const headers = known && knobs.rotates ? { 'set-cookie': `fs_secure=${sessions.renew()}; path=/` } : {}
    const html = `<!DOCTYPE html><html><head><title>UploadGig</title></head><body>${menu}${body}</body></html>`
    return answerWith({ status: 200, body: html, headers })
  }
  return [
    {
      name: 'account',
      method: 'GET',
      path: /^\/user\/my_account$/,
      answer(request) {
        if (!sessions.knows(request)) {
          return answerWith({ status: 302, body: '', headers: { location: '/login/form' } })
        }
        const rows = {
          'Premium download:': knobs.premium,
          'Package expire date:': '2030/03/24',
          'Daily traffic usage:': `${knobs.usedGb} / ${DAILY_GB} GB`,
        }
        const list = Object.entries(rows).map(([title, value]) => `<dt>${title}</dt> <dd>${value}</dd>`)
        return page(request, `<dl>${list.join('')}</dl>`)
      },
    },
    {
      name: 'file',
      method: 'GET',
      path: /^\/file\/download\/(\w{16})(?:\/.*)?$/,
      answer(request, [id = '']) {
        const file = host.files.get(id)
        if (file === undefined) return page(request, '<h2>File not found</h2>')
        if (sessions.knows(request) && knobs.premium === 'Active') {
          if (knobs.usedGb >= DAILY_GB) return page(request, 'Your daily traffic limit is reached')
          return answerWith({ status: 302, body: '', headers: { location: host.directLink(id) } })
        }
        const name = file.name.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
        const form = '<form id="dl_captcha_form" method="post"><div class="g-recaptcha"></div></form>'
        return page(request, `<span class="filename">${name}</span>${form}`)
      },
    },
  ]
}
