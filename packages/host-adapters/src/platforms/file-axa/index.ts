import * as xfilesharing from '../../dialects/xfilesharing/index.js'

export const site: xfilesharing.Site = {
  id: 'FileAxa',
  domains: ['fileaxa.com'],
  api: 'https://fileaxa.com/api',
  givesDirectLinks: false,
  maxChunks: 4,
  maxDownloads: 5,
  facts: [
    { fact: 'direct links of the API are not known to be given', evidence: 'client' },
    { fact: 'any number of connections per file', evidence: 'client' },
    { fact: 'four of them are enough', evidence: 'inferred' },
    { fact: 'five downloads at once', evidence: 'inferred' },
  ],
  reviewed: '2026-08-22',
}

export const adapter = xfilesharing.adapter(site)
