import * as xfilesharing from '../../dialects/xfilesharing-session/index.js'

export const site: xfilesharing.Site = {
  id: 'FastFile',
  domains: ['fastfile.cc'],
  pages: 'https://fastfile.cc',
  api: 'https://fastfile.cc/api',
  maxChunks: 1,
  maxDownloads: 5,
  facts: [
    {
      fact: 'premium downloads by the pages of the script, with the session of a browser',
      evidence: 'client',
    },
    { fact: 'direct links of the API are not known to be given', evidence: 'client' },
    { fact: 'one connection per file', evidence: 'client' },
    { fact: 'five downloads at once', evidence: 'inferred' },
  ],
  reviewed: '2026-08-22',
}

export const adapter = xfilesharing.adapter(site)
