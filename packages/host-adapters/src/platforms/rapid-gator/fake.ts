import * as rapidgator from '../../dialects/rapidgator/fake.js'
import { site } from './index.js'

export const fake = rapidgator.fake(site)
