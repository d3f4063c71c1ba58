import * as xfilesharing from '../../dialects/xfilesharing/index.js'

export const site: xfilesharing.Site = {
  id: 'HotlinkCc',
  domains: ['hotlink.cc', 'redirect.codes'],
  api: 'https://hotlink.cc/api',
  givesDirectLinks: false,
  maxChunks: 10,
  maxDownloads: 5,
  checkBatchSize: 1,
  facts: [
    { fact: 'direct links of the API are not known to be given', evidence: 'client' },
    { fact: 'one file per check', evidence: 'client' },
    { fact: 'ten connections per file', evidence: 'client' },
    { fact: 'five downloads at once', evidence: 'inferred' },
  ],
  reviewed: '2026-08-22',
}

export const adapter = xfilesharing.adapter(site)
