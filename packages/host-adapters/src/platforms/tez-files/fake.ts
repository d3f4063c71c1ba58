import * as keep2share from '../../dialects/keep2share/fake.js'
import { site } from './index.js'

export const fake = keep2share.fake(site)
