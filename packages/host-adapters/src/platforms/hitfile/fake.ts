import { fakeOf } from '../../dialects/turbobit/fake.js'
import { site } from './index.js'

export const fake = fakeOf(site)
