import type { FakePlatform } from '../../fake/fake-host.js'
import { answerWith, apiFake } from '../../fake/api-fake.js'
import type { ApiFakeHost, ApiRoute, LinkRules } from '../../fake/api-fake.js'
import { apiKnobs } from '../../fake/api-knobs.js'
import type { ApiKnobs } from '../../fake/api-knobs.js'
import type { CannedAnswer, FakeRequest } from '../../fake/fake-server.js'
import { SCRIPT_BATCH } from './site.js'
import type { Site } from './site.js'

/**
 * A stand-in for a site of the script: its API and its download server, which reads at most `checkBatchSize`
 * codes at once, answers in a clock of its own and has as few connections as the site. `knobs` makes it one of
 * the many sites that differ.
 */
export interface XfsKnobs extends ApiKnobs {
  apiKey: string
  /** End of premium as it is stated, on the clock of the site; null for an account that never was premium. */
  premiumExpire: string | null
  /** The field of old scripts. */
  misspeltExpiry: boolean
  /** How far the clock of the site is ahead of UTC, ms. */
  clockAheadMs: number
  /** Bytes; reduced by every byte that a direct link hands out. */
  trafficLeft: number
  /** How traffic is stated: as text with a unit (in quotes or not), in bytes, in MB, or not at all. */
  traffic: 'text' | 'unquoted' | 'bytes' | 'MB' | 'absent'
  /** The mod of direct links: on, off, or for premium accounts only. */
  directLinks: 'on' | 'off' | 'premium'
  /** `file/info` knows the account's own files only and leaves out the others. */
  ownFilesOnly: boolean
  /** All files are withheld for legal reasons. */
  withheld: boolean
  /** Video sites state one link per quality, as a map or as a list. */
  video: 'map' | 'list' | undefined
  /** Connections per direct link; one more is answered 503. */
  maxConnections: number
  /** Another link of the same file, `/d/<id>`. */
  shorten(link: string): string
}

/** Name of a call of `file/direct_link` without a file. */
export const PROBE = 'probe'

const GIB = 2 ** 30
const MIB = 2 ** 20
/** A short id is the code and this, for a stand-in without a memory for ids. */
const SHORT_SUFFIX = 'XY'

export const MAINTENANCE_PAGE = '<!DOCTYPE html><html><body><h1>Checking your browser</h1></body></html>'

/** EXPIRED is what a download server sends in place of a file whose link has run out. */
export const EXPIRED: CannedAnswer = {
  status: 200,
  body: 'Expired',
  headers: { 'content-type': 'text/plain', 'content-disposition': 'inline; filename=error.html' },
}

export function fake(site: Site): FakePlatform<XfsKnobs> {
  return apiFake((now) => {
    const knobs = knobsOf(site)
    return {
      knobs,
      credentials: { apiKey: knobs.apiKey },
      fileLink: (id, { name }) => `https://${site.domains[0]}/${id}/${encodeURIComponent(name)}.html`,
      routes: (host) => new Script(site, knobs, now, host).routes(),
    }
  })
}

function knobsOf(site: Site): XfsKnobs {
  return {
    ...apiKnobs(),
    apiKey: '48151fakekeyfakekey00',
    premiumExpire: '2030-01-01 00:00:00',
    misspeltExpiry: false,
    clockAheadMs: 0,
    trafficLeft: 1000 * GIB,
    traffic: site.trafficGrantsDownloads ? 'text' : site.trafficUnit === 'MB' ? 'MB' : 'absent',
    directLinks: 'on',
    ownFilesOnly: false,
    withheld: false,
    video: undefined,
    maxConnections: site.maxChunks,
    shorten: (link) => `https://${site.domains[0]}/d/${codeOf(link)}${SHORT_SUFFIX}`,
  }
}

class Script {
  constructor(
    private readonly site: Site,
    private readonly knobs: XfsKnobs,
    private readonly now: () => number,
    private readonly host: ApiFakeHost,
  ) {}

  routes(): ApiRoute[] {
    const route = (method: string, answer: (fields: FakeRequest['fields']) => object): ApiRoute => ({
      name: method,
      method: 'GET',
      path: new RegExp(`^/api/${method}$`),
      answer: ({ fields }) => this.refusedKey(fields['key'] ?? '') ?? answer(fields),
    })
    const directLink = route('file/direct_link', ({ file_code = '' }) => this.directLink(file_code))
    return [
      route('account/info', () => this.account()),
      route('file/info', (fields) => this.fileInfo(fields)),
      { ...directLink, name: PROBE, when: ({ fields }) => !fields['file_code'] },
      directLink,
    ]
  }

  private refusedKey(key: string): object | undefined {
    if (!/^\d+\w{16}$/.test(key)) return this.said(400, 'Invalid key')
    return key === this.knobs.apiKey ? undefined : this.said(403, 'Wrong auth')
  }

  private account(): object {
    const { misspeltExpiry, premiumExpire, trafficLeft, traffic } = this.knobs
    const left = Math.max(0, trafficLeft)
    const text = `${(left / GIB).toFixed(1)} GB`
    const amounts = {
      text: { premium_bandwidth: text },
      unquoted: { premium_bandwidth: text },
      bytes: { traffic_left: left },
      MB: { traffic_left: Math.floor(left / MIB) },
      absent: {},
    }
    const answer = this.said(200, 'OK', {
      email: 'op@example.test',
      balance: '0.00000',
      storage_used: 24186265,
      storage_left: 'inf',
      [misspeltExpiry ? 'premim_expire' : 'premium_expire']: premiumExpire,
      ...amounts[traffic],
    })
    if (traffic !== 'unquoted') return answer
    const body = JSON.stringify(answer).replace(JSON.stringify(text), ` ${text}`)
    return answerWith({ status: 200, body, headers: { 'content-type': 'application/json' } })
  }

  private fileInfo({ file_code: list = '', url }: FakeRequest['fields']): object {
    const asked = url === undefined ? list.split(',') : url.split(',').map(codeOf)
    const codes = asked.filter((code) => /^\w{12}$/.test(code))
    if (codes.length === 0) return this.said(400, 'Invalid file codes')
    const known = this.knobs.ownFilesOnly ? [] : codes.slice(0, this.site.checkBatchSize ?? SCRIPT_BATCH)
    return this.said(
      200,
      'OK',
      known.map((code) => this.row(code)),
    )
  }

  private row(code: string): object {
    const file = this.host.files.get(code)
    const { domains, listsAllFiles } = this.site
    const status = file === undefined ? 404 : this.knobs.withheld ? 451 : 200
    const head = listsAllFiles
      ? { file_status: status, filecode: code, url: `https://${domains[0]}/${code}` }
      : { status, file_code: code }
    if (file === undefined) return head
    return {
      ...head,
      name: file.name.replaceAll('&', '&amp;').replaceAll("'", '&#39;'),
      size: file.content.size,
      uploaded: '2026-01-01 00:00:00',
      ...(listsAllFiles && { file_sha256: file.sha256, file_md5: 'l24/2NdoAK8aRjpskcI4ow' }),
    }
  }

  private directLink(given: string): object {
    const { directLinks, premiumExpire, video, withheld } = this.knobs
    const premium = Date.parse(`${premiumExpire ?? ''}Z`) > this.now() + this.knobs.clockAheadMs
    if (directLinks === 'off') return this.said(403, 'This function not allowed in API')
    if (directLinks === 'premium' && !premium) return this.said(403, 'API special allowed for premium only')
    const code = given.startsWith('d/') ? codeOf(`https://host/${given}`) : given
    const file = this.host.files.get(code)
    if (file === undefined) return this.said(404, 'no file')
    if (withheld) return this.said(451, 'Unavailable For Legal Reasons')
    const url = `${this.host.directLink(code, this.linkRules())}/${encodeURIComponent(file.name)}`
    const original = { url, size: file.content.size }
    const small = { url: `${new URL(url).origin}/dl/0/a.mp4`, size: 1 }
    if (video === 'map') return this.said(200, 'OK', { n: small, o: original })
    const versions = [
      { name: 'n', ...small },
      { name: 'o', ...original },
    ]
    return this.said(200, 'OK', video === 'list' ? { versions } : original)
  }

  private linkRules(): LinkRules {
    const { knobs } = this
    let requestsLeft = knobs.linkRequests
    let connections = 0
    return {
      refuse() {
        if (requestsLeft <= 0) return EXPIRED
        if (knobs.trafficLeft <= 0) return { status: 200, body: 'You have reached the download-limit' }
        if (connections >= knobs.maxConnections) return { status: 503, body: '' }
        requestsLeft--
        connections++
        return undefined
      },
      served(bytes) {
        connections--
        knobs.trafficLeft -= bytes
      },
    }
  }

  private said(status: number, msg: string, result?: unknown): object {
    const time = new Date(this.now() + this.knobs.clockAheadMs).toISOString()
    return { msg, server_time: time.slice(0, 19).replace('T', ' '), status, result }
  }
}

/** codeOf returns the code of a link, short or long. */
function codeOf(link: string): string {
  const [, code] = /^https?:\/\/[^/]+\/(?:d\/)?([a-z0-9]{12})(?:XY)?(?:[/.]|$)/.exec(link) ?? []
  return code ?? ''
}
