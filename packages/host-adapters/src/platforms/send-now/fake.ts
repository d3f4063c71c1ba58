import * as xfilesharing from '../../dialects/xfilesharing/fake.js'
import { site } from './index.js'

export const fake = xfilesharing.fake(site)
