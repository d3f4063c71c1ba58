import * as xfilesharing from '../../dialects/xfilesharing/index.js'

export const site: xfilesharing.Site = {
  id: 'Datanodes',
  domains: ['datanodes.to'],
  api: 'https://datanodes.to/api',
  maxChunks: 4,
  maxDownloads: 5,
  facts: [
    { fact: 'methods and fields of the API', evidence: 'client' },
    { fact: 'direct links are for premium accounts', evidence: 'client' },
    { fact: 'direct links to files of others', evidence: 'inferred' },
    { fact: 'four connections per file, five downloads at once', evidence: 'inferred' },
  ],
  reviewed: '2026-08-22',
}

export const adapter = xfilesharing.adapter(site)
