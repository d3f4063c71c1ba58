import { keep2share } from '../../dialects/keep2share/adapter.js'

export const platform = keep2share({
  id: 'TezFiles',
  domains: ['tezfiles.com', 'publish2.me'],
  api: 'https://tezfiles.com/api/v2',
})

export const { adapter } = platform
