import * as xfilesharing from '../../dialects/xfilesharing-session/fake.js'
import { site } from './index.js'

export const fake = xfilesharing.fake(site)
