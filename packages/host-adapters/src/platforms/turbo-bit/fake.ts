import * as turbobit from '../../dialects/turbobit/fake.js'
import { site } from './index.js'

export const fake = turbobit.fake(site)
