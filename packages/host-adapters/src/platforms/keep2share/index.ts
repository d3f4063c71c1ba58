import * as keep2share from '../../dialects/keep2share/index.js'

export const site: keep2share.Site = {
  id: 'Keep2share',
  domains: ['k2s.cc', 'keep2share.cc', 'k2share.cc', 'keep2s.cc', 'keep2.cc', 'keep2share.com'],
  api: 'https://keep2share.cc/api/v2',
}

export const adapter = keep2share.adapter(site)
