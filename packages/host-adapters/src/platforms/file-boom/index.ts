import * as keep2share from '../../dialects/keep2share/index.js'

export const site: keep2share.Site = {
  id: 'FileBoom',
  domains: ['fileboom.me', 'fboom.me'],
  api: 'https://fboom.me/api/v2',
}

export const adapter = keep2share.adapter(site)
