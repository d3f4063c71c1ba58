import { fakeOf } from '../../dialects/xfilesharing/fake.js'
import { site } from './index.js'

export const fake = fakeOf(site)
