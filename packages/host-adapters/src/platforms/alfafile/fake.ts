import { randomBytes } from 'node:crypto'
import { rapidGatorFake } from '../../dialects/rapidgator/fake.js'

export const fake = rapidGatorFake({
  api: '/api/v1',
  domain: 'alfafile.net',
  password: 'fake-alfafile-password',
  newId: () => randomBytes(6).toString('base64url').replace(/[-_]/g, 'x'),
  checksLinks: false,
})
