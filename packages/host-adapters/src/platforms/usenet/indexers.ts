/* Where indexers, and what asks several of them, have NZBs. */
import { domainOf } from '../../kit/links.js'
import { decodedSegment } from '../../kit/fields/text.js'

/** Indexers put keys behind the name as well: `/getnzb/<id>.nzb&i=1&r=<key>`. */
const DOCUMENT = /^(\/(?:[^/]*\/)*[^/&]*\.nzb(?:\.(?:gz|bz2|zip))?)(&[^/]*)?$/i
/** What indexers are asked with for an NZB (Newznab, Spotweb), wherever their API is. */
const GETS: ReadonlySet<string> = new Set([
  ...['t=get', 't=g', 't=getnzb', 't=dlnzb', 'page=getnzb', 'action=getnzb'],
])
/** Fields that tell which. */
const IDS = ['id', 'guid', 'messageid', 'nzbid', 'searchresultid', 'h']
/** Scripts that give nothing else. */
const GETTERS: ReadonlySet<string> = new Set(['getnzb', 'nzb'])
/** A field that has the name of an NZB. */
const NAMED = /^(?:file(?:name)?|fn?|name|nzb(?:name)?|title)=([^&]*\.nzb(?:\.(?:gz|bz2|zip))?)$/i

/** Sites with paths of their own. `own` matches path and query; behind its first group are keys of the user. */
const SITES: readonly { domains: readonly string[]; own: RegExp }[] = [
  { domains: ['dognzb.cr'], own: /^\/fetch\/\w+/ },
  { domains: ['nzbindex.com', 'nzbindex.nl'], own: /^\/(?:api\/)?download\/[\w-]+(?:\/[^?]*)?/ },
  { domains: ['nzbking.com'], own: /^\/nzb:[^/?]+\/?/ },
  // The articles are fields, by their ids: `/nzb?<id>=on`, `/?action=nzb&<id>=1`
  { domains: ['binsearch.info'], own: /^\/(?:nzb\/?\?(?:.*&)?[^=&]+=on\b|\?(?:.*&)?action=nzb&).*/ },
  { domains: ['newzleech.com'], own: /^\/\?(?=.*\bm=gen\b)(?=.*\b(?:post|binary(?:\[\]|%5B%5D))=).*/i },
]

export interface Place {
  /** URL without keys. */
  document: string
  nameHint?: string
  /** What stands behind the document's own part, keys of the user among it. */
  tail: string
}

/** Where the NZB is that a URL leads to by its name, by the API of an indexer, or at a known site. */
export function placeOf(url: URL): Place | undefined {
  const { origin, pathname, search } = url
  const [, path, keys = ''] = DOCUMENT.exec(pathname) ?? []
  if (path !== undefined) {
    const nameHint = decodedSegment(path.split('/').at(-1) ?? '')
    return { document: origin + path, nameHint, tail: keys + search }
  }
  return atSite(url) ?? byFields(url)
}

function atSite(url: URL): Place | undefined {
  const site = SITES.find(({ domains }) => domainOf(domains, url, { subdomains: true }) !== undefined)
  const asked = url.pathname + url.search
  const [own] = site?.own.exec(asked) ?? []
  return own === undefined ? undefined : { document: url.origin + own, tail: asked.slice(own.length) }
}

function byFields({ origin, pathname, search }: URL): Place | undefined {
  const steps = pathname.toLowerCase().split('/').filter(Boolean)
  const last = steps.at(-1)
  const fields = search.slice(1).split('&').filter(Boolean)
  const field = (...names: string[]): string[] =>
    fields.filter((each) => names.some((name) => each.toLowerCase().startsWith(`${name}=`))).slice(0, 1)
  const place = (own: readonly string[]): Place => {
    const tail = fields.filter((each) => !own.includes(each)).map((each) => `&${each}`)
    return { document: `${origin}${pathname}?${own.join('&')}`, tail: tail.join('') }
  }
  // `/api?t=get&id=…`, `/?page=getnzb&messageid=…`, `/getnzb?id=…`
  const what = fields.filter((each) => GETS.has(each.toLowerCase())).slice(0, 1)
  const id = field(...IDS)
  if (id[0] !== undefined && (what[0] !== undefined || GETTERS.has(last ?? '')))
    return place([...what, ...id])
  // `/download?…&file=name.nzb`
  const named = fields.filter((each) => NAMED.test(each)).slice(0, 1)
  const name = NAMED.exec(named[0] ?? '')?.[1]
  if (name !== undefined) return { ...place(named), nameHint: decodedSegment(name) }
  // Prowlarr's `/1/download?apikey=…&link=…&file=name`, where the link is sealed by it
  const [link, title] = [field('link'), field('file')]
  const isProxied = last === 'download' && /^\d+$/.test(steps.at(-2) ?? '')
  if (isProxied && link[0] !== undefined && title[0] !== undefined) return place([...link, ...title])
  // `/getnzb/<id>`
  return steps.includes('getnzb') && last !== 'getnzb'
    ? { document: origin + pathname, tail: search }
    : undefined
}
