import * as xfilesharing from '../../dialects/xfilesharing/index.js'

export const site: xfilesharing.Site = {
  id: 'Datanodes',
  domains: ['datanodes.to'],
  api: 'https://datanodes.to/api',
  givesDirectLinks: true,
  maxChunks: 4,
  maxDownloads: 5,
  facts: [
    { fact: 'methods and fields of the API', standing: 'client' },
    { fact: 'direct links are for premium accounts', standing: 'client' },
    { fact: 'direct links to files of others', standing: 'inferred' },
    { fact: 'four connections per file, five downloads at once', standing: 'inferred' },
  ],
  reviewed: '2026-08-22',
}

export const adapter = xfilesharing.adapter(site)
