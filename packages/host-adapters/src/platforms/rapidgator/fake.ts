import { rapidGatorFake } from '../../dialects/rapidgator/fake.js'
import { hexId } from '../../fake/api-fake.js'

export const fake = rapidGatorFake({
  api: '/api/v2',
  domain: 'rapidgator.net',
  password: 'fake-rapidgator-password',
  newId: () => hexId(32),
  checksLinks: true,
})
