import { keep2share } from '../../dialects/keep2share/adapter.js'

export const platform = keep2share({
  id: 'FileBoom',
  domains: ['fileboom.me', 'fboom.me'],
  api: 'https://fboom.me/api/v2',
})

export const { adapter } = platform
