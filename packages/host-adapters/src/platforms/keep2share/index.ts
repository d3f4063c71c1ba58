import { keep2share } from '../../dialects/keep2share/adapter.js'

export const platform = keep2share({
  id: 'Keep2share',
  domains: ['k2s.cc', 'keep2share.cc', 'k2share.cc', 'keep2s.cc'],
  api: 'https://keep2share.cc/api/v2',
})

export const { adapter } = platform
