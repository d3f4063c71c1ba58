import * as xfilesharing from '../../dialects/xfilesharing-session/conformance.js'
import { site } from './index.js'

export const conformance = xfilesharing.conformance(site)
