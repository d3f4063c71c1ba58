import * as xfilesharing from '../../dialects/xfilesharing-session/index.js'

export const site: xfilesharing.Site = {
  id: 'HotlinkCc',
  domains: ['hotlink.cc', 'redirect.codes'],
  pages: 'https://hotlink.cc',
  api: 'https://hotlink.cc/api',
  maxChunks: 10,
  maxDownloads: 5,
  checkBatchSize: 1,
  facts: [
    {
      fact: 'premium downloads by the pages of the script, with the session of a browser',
      evidence: 'client',
    },
    { fact: 'direct links of the API are not known to be given', evidence: 'client' },
    { fact: 'one file per check', evidence: 'client' },
    { fact: 'ten connections per file', evidence: 'client' },
    { fact: 'five downloads at once', evidence: 'inferred' },
  ],
  reviewed: '2026-08-22',
}

export const adapter = xfilesharing.adapter(site)
