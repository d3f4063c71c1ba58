import * as xfilesharing from '../../dialects/xfilesharing/index.js'

export const site: xfilesharing.Site = {
  id: 'FastFile',
  domains: ['fastfile.cc'],
  api: 'https://fastfile.cc/api',
  givesDirectLinks: false,
  maxChunks: 1,
  maxDownloads: 5,
  facts: [
    { fact: 'direct links of the API are not known to be given', evidence: 'client' },
    { fact: 'one connection per file', evidence: 'client' },
    { fact: 'five downloads at once', evidence: 'inferred' },
  ],
  reviewed: '2026-08-22',
}

export const adapter = xfilesharing.adapter(site)
