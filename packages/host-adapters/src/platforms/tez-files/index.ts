import * as keep2share from '../../dialects/keep2share/index.js'

export const site: keep2share.Site = {
  id: 'TezFiles',
  domains: ['tezfiles.com', 'publish2.me'],
  api: 'https://tezfiles.com/api/v2',
}

export const adapter = keep2share.adapter(site)
