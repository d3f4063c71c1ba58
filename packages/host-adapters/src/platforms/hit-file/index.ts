import * as turbobit from '../../dialects/turbobit/index.js'

export const site: turbobit.Site = {
  id: 'HitFile',
  domains: ['hitfile.net', 'hil.to', 'hitf.to', 'hitf.cc'],
  api: 'https://app.hitfile.net',
  pages: 'bare',
  facts: [
    { fact: 'there is no official API for downloads; calls and fields of the website', evidence: 'client' },
    { fact: 'hitf.to and hitf.cc are its short forms', evidence: 'client' },
    { fact: 'hil.to is its short form', evidence: 'inferred' },
    { fact: 'traffic in GB of 10⁹ bytes, times in UTC', evidence: 'inferred' },
    { fact: 'five connections per file, five downloads at once', evidence: 'inferred' },
    { fact: 'one call per second', evidence: 'inferred' },
  ],
  reviewed: '2026-08-22',
}

export const adapter = turbobit.adapter(site)
